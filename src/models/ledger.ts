import type { Item } from '../domain/item.ts';

/**
 * The catalogue and all feedback as they are kept, the events of an item together: for kinds that go by more than sessions of
 * what somebody wanted.
 */
export interface Ledger {
  /** Epoch milliseconds up to which it tells: later events are in the columns and did not happen yet. */
  readonly nowMs: number;
  readonly items: readonly Item[];
  /** Item i has the events `offsets[i]` to `offsets[i + 1] - 1`, in order of time. */
  readonly offsets: Uint32Array;
  /** Deed of each event: events of one type and one user have the same. */
  readonly deeds: Uint32Array;
  /** Value of each event, 0 where it has none. */
  readonly values: Float64Array;
  /** Epoch milliseconds of each event. */
  readonly atMs: Float64Array;
  /** Type of feedback by deed. */
  readonly types: readonly string[];
  /** User by deed, empty for a session of nobody known. */
  readonly users: readonly string[];
}
