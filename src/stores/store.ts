import type { Anomaly } from '../domain/anomaly.ts';
import type { Delivery } from '../domain/delivery.ts';
import type {
  Feedback,
  FeedbackSelection,
  FeedbackTotal,
  FeedbackTriple,
} from '../domain/feedback.ts';
import type { Item } from '../domain/item.ts';
import type { Notification } from '../domain/notification.ts';
import type { User } from '../domain/user.ts';

/** The rows a store keeps by key. */
export interface Rows {
  readonly items: Item;
  readonly users: User;
  /** Messages on their way out. */
  readonly deliveries: Delivery;
  /** What the endpoints of those messages have been told. */
  readonly notifications: Notification;
  /** Anomalies, so that those that are not over are known after a restart. */
  readonly anomalies: Anomaly;
}

/** The name of a keyed table. */
export type TableName = keyof Rows;

/** What a read found. A late or broken read is a value too, never an exception. */
export type Lookup<Row, Reason = 'timeout' | 'unavailable' | 'error'> =
  | { readonly state: 'present'; readonly row: Row; readonly writtenAtMs: number }
  | { readonly state: 'absent' }
  | {
      readonly state: 'failed';
      readonly reason: Reason;
      readonly cause?: unknown;
    };

/** Which rows a scan gives: of keys after `after`, from `from` on, and before `before`. */
export interface ScanOptions {
  readonly after?: string | undefined;
  readonly from?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Which totals of feedback are read. */
export interface TotalsOptions {
  /** The first triple of the page. */
  readonly from?: FeedbackTriple | undefined;
  /** Events later than this, epoch milliseconds, do not count. */
  readonly untilMs?: number | undefined;
  /** Does not wait for what came within about the last second, which may be missing. */
  readonly mayLag?: boolean | undefined;
  readonly limit: number;
}

/** One page of totals; `next` is the first triple of the page after it. */
export interface TotalsPage {
  readonly rows: readonly FeedbackTotal[];
  readonly next?: FeedbackTriple | undefined;
}

/** One page of a scan; `next` is absent on the last page. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: string | undefined;
}

/**
 * What became of a batch of feedback. A store keeps equal keys once whatever the receipt says; the receipt
 * may know only the most recent keys, and then calls an event accepted that repeats a much older one.
 */
export interface Appended {
  readonly accepted: number;
  /** Events whose key was seen before; they change nothing. */
  readonly duplicates: number;
  /** Per event of the batch, in order: 1 where it was new, 0 where it was a duplicate. */
  readonly fresh: Uint8Array;
}

/**
 * The one contract of all stores. `mget` is the primitive and `get` is derived from it.
 * `mget` never throws. Everything else rejects with `SightlineError`: `SL_STORE_UNAVAILABLE` (also after
 * `close`), `SL_STORE_FULL`, `SL_STORE_CORRUPT`, `SL_OVERLOADED` where more waits to be written than is
 * bounded, `SL_REQUEST_INVALID` for what cannot be kept as it came.
 */
export interface Store {
  /** For labels: `memory`, `sqlite`. */
  readonly name: string;
  /** Reads many rows in one wave; the answer has the same length and order as `keys`. */
  mget<T extends TableName>(table: T, keys: readonly string[]): Promise<readonly Lookup<Rows[T]>[]>;
  /**
   * Inserts or replaces; resolves when the rows are as durable as the store can make them. Changes of rows are
   * made in the order they are asked for, also across tables. With `onlyNew` rows whose key is there are left as they are.
   */
  mset<T extends TableName>(
    table: T,
    rows: readonly Rows[T][],
    options?: { readonly onlyNew?: boolean | undefined },
  ): Promise<void>;
  /** Deletes; answers how many of the keys were there. */
  mdelete(table: TableName, keys: readonly string[]): Promise<number>;
  /** Rows in order of key (by code point); `next` is the last key of the page. */
  scan<T extends TableName>(table: T, options: ScanOptions): Promise<Page<Rows[T]>>;
  /** Appends events; resolves when they are durable. Equal keys are kept once. */
  appendFeedback(batch: readonly Feedback[]): Promise<Appended>;
  /**
   * Events in the order they were kept; `after` is an opaque cursor of an earlier page. Without it, `last`
   * begins that many events before the end.
   */
  scanFeedback(options: {
    after?: string | undefined;
    last?: number | undefined;
    limit: number;
  }): Promise<Page<Feedback>>;
  /**
   * Puts events in the place of all those of the same type, user and item; all of the batch or nothing, durable when it
   * resolves. Of several for one triple the first counts. Throws `SL_REQUEST_INVALID` for an event without a user.
   */
  replaceFeedback(batch: readonly Feedback[]): Promise<void>;
  /** Deletes the feedback that is meant; answers how many totals it came to. */
  deleteFeedback(which: FeedbackSelection): Promise<number>;
  /**
   * What the feedback that is meant comes to, in order of type, user and item (by code point). Events without a user
   * do not count.
   */
  feedbackTotals(which: FeedbackSelection, options: TotalsOptions): Promise<TotalsPage>;
  /** Rows in all, for the control port. */
  counts(): Promise<{ items: number; users: number; feedback: number }>;
  close(): Promise<void>;
}

/** Reads one row: the derived form of `mget`. */
export async function get<T extends TableName>(
  store: Store,
  table: T,
  key: string,
): Promise<Lookup<Rows[T]>> {
  const [found] = await store.mget(table, [key]);
  return found;
}
