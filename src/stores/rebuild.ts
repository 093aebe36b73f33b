import type { Feedback } from '../domain/feedback.ts';
import type { ItemTable } from './item-table.ts';
import { type SessionTable, sessionOfUser } from './session-table.ts';
import type { Store } from './store.ts';

/** Rows a page holds: a few milliseconds of the event loop. */
const pageRows = 5000;
/** Events read back for each session there is room for. */
const eventsPerSession = 5;

/** How much was rebuilt. */
export interface Rebuilt {
  readonly items: number;
  readonly events: number;
}

/**
 * Fills the item table from the store's items, then the session table from the end of its feedback: the last
 * 5 events for each session the table has room for. Events of items that are not in the catalogue, and of
 * nobody, are passed over. `see` is told each event of an item that is known, with its dense index; `later` each event of later
 * than `untilMs`, which sessions do not follow.
 */
export async function rebuildSessions(store: Store, targets: RebuildTargets): Promise<Rebuilt> {
  return {
    items: await rebuildItems(store, targets.table),
    events: await replayFeedback(store, targets),
  };
}

/** What is filled. */
export interface RebuildTargets {
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly see?: ((event: Feedback, item: number) => void) | undefined;
  /** Epoch milliseconds. */
  readonly untilMs?: number | undefined;
  readonly later?: ((event: Feedback) => void) | undefined;
}

async function rebuildItems(store: Store, table: ItemTable): Promise<number> {
  let items = 0;
  let after: string | undefined;
  do {
    const { rows, next } = await store.scan('items', { after, limit: pageRows });
    for (const item of rows) table.upsert(item);
    items += rows.length;
    after = next;
  } while (after !== undefined);
  return items;
}

async function replayFeedback(
  store: Store,
  { table, sessions, untilMs = Number.POSITIVE_INFINITY, see, later }: RebuildTargets,
): Promise<number> {
  const last = sessions.capacity * eventsPerSession;
  let events = 0;
  let after: string | undefined;
  do {
    const { rows, next } = await store.scanFeedback({ after, last, limit: pageRows });
    for (const event of rows) {
      const { item, session, user, atMs } = event;
      if (atMs > untilMs) {
        later?.(event);
        continue;
      }
      const index = table.indexOf(item);
      if (index < 0) continue;
      see?.(event, index);
      if (session !== undefined) sessions.record(session, index, atMs);
      if (user !== undefined) sessions.record(sessionOfUser(user), index, atMs);
    }
    events += rows.length;
    after = next;
  } while (after !== undefined);
  return events;
}
