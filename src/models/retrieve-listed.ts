import { candidateCapacity } from '../domain/candidates.ts';
import { topRows } from '../math/top-rows.ts';
import type { ItemCodes } from './item-codes.ts';
import type { Hits } from './model.ts';

/** Scores by item code, of which only those of the listed codes are looked at. */
export interface ListedScores {
  readonly scores: Float64Array;
  readonly listed: Int32Array;
}

/**
 * Makes a retrieval of the `limit` best of the first `count` listed codes, best first, equal ones as they are listed.
 * Items that the table does not hold and scores of 0 are left out. O(count + limit), no allocation for a call.
 */
export function createListedRetrieval(
  { scores, listed }: ListedScores,
  { denseOf }: ItemCodes,
): (count: number, limit: number, hits: Hits) => void {
  const rows = new Int32Array(candidateCapacity);
  const scoreOfRow = new Float32Array(listed.length);
  return (count, limit, hits) => {
    for (let i = 0; i < count; i++) scoreOfRow[i] = denseOf[listed[i]] < 0 ? 0 : scores[listed[i]];
    const room = Math.min(limit, hits.items.length, rows.length);
    const found = topRows(scoreOfRow, count, room, rows);
    hits.count = 0;
    for (let i = 0; i < found && scoreOfRow[rows[i]] > 0; i++) {
      hits.items[i] = denseOf[listed[rows[i]]];
      hits.scores[i] = scoreOfRow[rows[i]];
      hits.count += 1;
    }
  };
}
