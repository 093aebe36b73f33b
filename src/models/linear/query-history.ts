import type { ItemCodes } from '../item-codes.ts';
import { latestClicks } from '../latest-clicks.ts';
import type { ModelQuery } from '../model.ts';

/** Latest items of a query that are looked at. */
const maxHistory = 4096;
/** What is far back counts no less than this, so that no sum is 0 by underflow. */
const leastFactor = 1e-9;

/** What a query holds, each item once. */
export interface QueryHistory {
  /** Item codes, newest first. */
  readonly codes: Int32Array;
  /** How much each counts, the newest 1. */
  readonly factors: Float64Array;
  /** Reads a query, `similar` the anchor alone, and returns how many items it holds. No allocation. */
  read(query: ModelQuery): number;
}

/**
 * Makes a reader of queries; each item counts `decay` times as much as that after it.
 *
 * @example createHistory(codes, 0.5).read({ anchor: -1, recent: Int32Array.of(4, 9, 9), ... }) // 2: 9, 4 count 1, 0.5
 */
export function createHistory(items: ItemCodes, decay: number): QueryHistory {
  const codes = new Int32Array(maxHistory);
  const factors = Float64Array.from(codes, (_, place) => Math.max(leastFactor, decay ** place));
  const isRead = new Uint8Array(items.denseOf.length);
  const anchorOnly = { anchor: -1, recent: new Int32Array(0) };
  return {
    codes,
    factors,
    read(query) {
      anchorOnly.anchor = query.anchor;
      const about = query.purpose === 'similar' ? anchorOnly : query;
      const clicks = latestClicks(about, items, codes);
      let count = 0;
      for (let i = 0; i < clicks; i++) {
        if (isRead[codes[i]] === 1) continue;
        isRead[codes[i]] = 1;
        codes[count++] = codes[i];
      }
      for (let i = 0; i < count; i++) isRead[codes[i]] = 0;
      return count;
    },
  };
}
