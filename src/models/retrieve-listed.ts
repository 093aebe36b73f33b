import { candidateCapacity } from '../domain/candidates.ts';
import { topRows } from '../math/top-rows.ts';
import { isInScope } from '../stores/item-scope.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { ItemCodes } from './item-codes.ts';
import type { Hits, ModelQuery } from './model.ts';

/** Scores by item code, of which only those of the listed codes are looked at. */
export interface ListedScores {
  readonly scores: Float64Array;
  readonly listed: Int32Array;
}

/** Writes the best of the first `count` listed codes for a query. */
export type RetrieveListed = (
  count: number,
  { scope }: Pick<ModelQuery, 'scope'>,
  to: { readonly limit: number; readonly hits: Hits },
) => void;

/**
 * Makes a retrieval of the `limit` best of the listed codes, best first, equal ones as they are listed. Items that the
 * table does not hold, those out of scope and scores of 0 are left out. O(count + limit), no allocation for a call.
 */
export function createListedRetrieval(
  { scores, listed }: ListedScores,
  { denseOf }: ItemCodes,
  table: ItemTable,
): RetrieveListed {
  const rows = new Int32Array(candidateCapacity);
  const scoreOfRow = new Float32Array(listed.length);
  return (count, { scope }, { limit, hits }) => {
    for (let i = 0; i < count; i++) {
      const item = denseOf[listed[i]];
      const isAsked = item >= 0 && (scope === undefined || isInScope(table, scope, item));
      scoreOfRow[i] = isAsked ? scores[listed[i]] : 0;
    }
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
