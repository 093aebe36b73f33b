import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import type { Feedback } from './domain/feedback.ts';
import type { Item } from './domain/item.ts';
import type { User } from './domain/user.ts';
import { type FeedbackReceipt, receiveFeedback } from './pipeline/feedback-door.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { SessionTable } from './stores/session-table.ts';
import type { Store } from './stores/store.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import type { Watch } from './watching.ts';

/** What callers may write. */
export interface Writing {
  putItems(items: readonly Item[]): Promise<void>;
  /** Answers whether the item was there. */
  deleteItem(id: string): Promise<boolean>;
  putUsers(users: readonly User[]): Promise<void>;
  deleteUser(id: string): Promise<boolean>;
  /** The events that the receipt calls accepted are durable when it resolves. */
  recordFeedback(batch: readonly Feedback[]): Promise<FeedbackReceipt>;
}

/** Where it goes, and who is told. */
export interface WritingParts {
  readonly config: Config;
  readonly store: Store;
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly watch: Watch | undefined;
}

/** Writes to the store first, then to the tables in memory, and tells the signals. */
export function createWriting(parts: WritingParts): Writing {
  const { config, store, table, sessions, telemetry, clock, watch } = parts;
  const door = {
    store,
    table,
    sessions,
    rules: config.feedback,
    emit: telemetry.emit,
    now: () => clock.now(),
    onFresh: (event: Feedback, item: number) => telemetry.feedback(event, item),
  };
  return {
    async putItems(items) {
      await store.mset('items', items);
      for (const item of items) table.upsert(item);
      watch?.followItems();
    },
    async deleteItem(id) {
      const deleted = await store.mdelete('items', [id]);
      table.remove(id);
      watch?.followItems();
      return deleted > 0;
    },
    putUsers: (users) => store.mset('users', users),
    deleteUser: async (id) => (await store.mdelete('users', [id])) > 0,
    recordFeedback: (batch) => receiveFeedback(door, batch),
  };
}
