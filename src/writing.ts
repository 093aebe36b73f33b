import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { type Feedback, type FeedbackSelection, isMeant } from './domain/feedback.ts';
import type { Item } from './domain/item.ts';
import type { User } from './domain/user.ts';
import { DueEvents } from './pipeline/due-events.ts';
import {
  type FeedbackReceipt,
  type FeedbackTimes,
  followAll,
  followDue,
  receiveFeedback,
  type UntoldEvent,
} from './pipeline/feedback-door.ts';
import { createFeedbackNotes } from './signals/requests/feedback-notes.ts';
import type { ItemTable } from './stores/item-table.ts';
import { type SessionTable, sessionOfUser } from './stores/session-table.ts';
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
  /** Adds items and users whose ids are not there, and leaves those that are. */
  addItems(items: readonly Item[]): Promise<void>;
  addUsers(users: readonly User[]): Promise<void>;
  /** The events that the receipt calls accepted are durable when it resolves. */
  recordFeedback(batch: readonly Feedback[], options?: FeedbackTimes): Promise<FeedbackReceipt>;
  /** Puts events in the place of all those of the same type, user and item, of whatever time; see `Store.replaceFeedback`. */
  replaceFeedback(batch: readonly Feedback[], options?: Replacing): Promise<void>;
  /** Answers how many totals it came to; sessions forget only where all of a user goes. */
  deleteFeedback(which: FeedbackSelection): Promise<number>;
  /** Makes sessions and signals follow feedback of the future that is due by now, and answers it; O(1) where none is. */
  followDue(): readonly Feedback[];
  /** Deletes a user, the feedback and the session; answers whether the user was there. */
  forgetUser(id: string): Promise<boolean>;
  /** Deletes an item and the feedback on it; answers whether the item was there. */
  forgetItem(id: string): Promise<boolean>;
  /** Deletes all users, items and feedback whose ids begin with a text, their sessions too; empty for all there is. */
  purge(prefix: string): Promise<void>;
}

/** How events are put in place of others. */
export interface Replacing {
  /** Whether it is of the past, as of an import: sessions follow, signals do not. */
  readonly isPast?: boolean | undefined;
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
  /** Feedback of the future. */
  readonly due: DueEvents;
  /** Feedback so much later than now already counts. */
  readonly aheadMs: number;
}

/** Events that sessions follow in one go: a few milliseconds. */
const eventsPerTurn = 4096;
/** Rows deleted in one go. */
const rowsPerPage = 5000;

/** Hands over the keys of a table that begin with a text, page by page. */
async function eachPage(
  store: Store,
  { table, prefix }: { readonly table: 'users' | 'items'; readonly prefix: string },
  take: (keys: readonly string[]) => Promise<unknown>,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await store.scan(table, { from: prefix, after, limit: rowsPerPage });
    const keys = page.rows.map(({ id }) => id).filter((id) => id.startsWith(prefix));
    await take(keys);
    after = keys.length < page.rows.length ? undefined : page.next;
  } while (after !== undefined);
}

/** Drops events of the future that other events stand in place of now. */
function dropReplaced(due: DueEvents, batch: readonly Feedback[]): void {
  if (due.size === 0) return;
  // Ids have no control characters.
  const triple = ({ type, user, item }: Feedback) => [type, user, item].join('\u0000');
  const replaced = new Set(batch.map(triple));
  due.drop((event) => replaced.has(triple(event)));
}

/** Writes to the store first, then to the tables in memory, and tells the signals. */
export function createWriting(parts: WritingParts): Writing {
  const { config, store, table, sessions, telemetry, clock, watch, due, aheadMs } = parts;
  const notesOf = createFeedbackNotes(config.signals.requests, config.training.data);
  const door = {
    store,
    table,
    sessions,
    rules: config.feedback,
    ...{ due, aheadMs, untold: new DueEvents<UntoldEvent>() },
    emit: telemetry.emit,
    now: () => clock.now(),
    onFresh: (event: Feedback, item: number) => telemetry.feedback(event, item, notesOf(event)),
  };
  const deleteItem = async (id: string) => {
    const deleted = await store.mdelete('items', [id]);
    table.remove(id);
    watch?.followItems();
    return deleted > 0;
  };
  const purgeItems = async (keys: readonly string[]) => {
    await store.mdelete('items', keys);
    for (const key of keys) table.remove(key);
  };
  const deleteFeedback = async (which: FeedbackSelection) => {
    const { user, type, item } = which;
    if (user !== undefined && type === undefined && item === undefined)
      sessions.delete(sessionOfUser(user));
    due.drop((event) => isMeant(event, which));
    return store.deleteFeedback(which);
  };
  return {
    async putItems(items) {
      await store.mset('items', items);
      for (const item of items) table.upsert(item);
      watch?.followItems();
    },
    deleteItem,
    putUsers: (users) => store.mset('users', users),
    async addItems(items) {
      await store.mset('items', items, { onlyNew: true });
      for (const item of items) if (!table.has(item.id)) table.upsert(item);
      watch?.followItems();
    },
    addUsers: (users) => store.mset('users', users, { onlyNew: true }),
    deleteUser: async (id) => (await store.mdelete('users', [id])) > 0,
    recordFeedback: (batch, options) => receiveFeedback(door, batch, options),
    async replaceFeedback(batch, { isPast = false } = {}) {
      await store.replaceFeedback(batch);
      dropReplaced(due, batch);
      const following = isPast ? { ...door, onFresh: () => {} } : door;
      for (let from = 0; from < batch.length; from += eventsPerTurn) {
        if (from > 0) await nextTurn();
        followAll(following, batch.slice(from, from + eventsPerTurn));
      }
    },
    deleteFeedback,
    followDue: () => followDue(door),
    async forgetUser(id) {
      await deleteFeedback({ user: id });
      return (await store.mdelete('users', [id])) > 0;
    },
    async forgetItem(id) {
      await deleteFeedback({ item: id });
      return deleteItem(id);
    },
    async purge(prefix) {
      await deleteFeedback(prefix === '' ? { anonymous: true } : { userPrefix: prefix });
      await eachPage(store, { table: 'users', prefix }, (keys) => store.mdelete('users', keys));
      await eachPage(store, { table: 'items', prefix }, purgeItems);
      sessions.deleteAll(prefix === '' ? '' : sessionOfUser(prefix));
      watch?.followItems();
    },
  };
}
