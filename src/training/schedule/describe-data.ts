import type { Interactions } from '../../models/model.ts';
import { hashInteractions } from '../dataset/hash-interactions.ts';

/** What a run learns from, in numbers. */
export interface DataSummary {
  /** `hashInteractions`: equal data, equal hash. */
  readonly hash: string;
  /** Users that are known by an id. */
  readonly users: number;
  readonly items: number;
  readonly sessions: number;
  readonly events: number;
  /** Epoch milliseconds of the newest event, 0 without any. */
  readonly lastAtMs: number;
}

/** Counts interactions and makes their hash. O(events). */
export function describeData(interactions: Interactions): DataSummary {
  const { items, users = [], offsets, codes, atMs } = interactions;
  return {
    hash: hashInteractions(interactions),
    users: users.length,
    items: items.length,
    sessions: offsets.length - 1,
    events: codes.length,
    lastAtMs: atMs.reduce((a, b) => Math.max(a, b), 0),
  };
}
