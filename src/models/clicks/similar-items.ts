import { candidateCapacity } from '../../domain/candidates.ts';
import type { VectorTable } from '../../math/kernels/vector-table.ts';
import type { ItemCodes } from '../item-codes.ts';
import type { Hits } from '../model.ts';

/** Items that are like another. */
export interface SimilarItems {
  /** Writes the most alike to an anchor, best first; none where it is not known. */
  retrieve(anchor: number, limit: number, hits: Hits): void;
  /** Writes how alike each of the first `count` of `items` is to the anchor. */
  score(anchor: number, items: Int32Array, count: number, scores: Float32Array): void;
}

/** Serves the cosine of unit vectors, without the anchor and what is not above 0. O(items · dimensions) for a list. */
export function createSimilarItems(vectors: VectorTable, codes: ItemCodes): SimilarItems {
  const room = Math.min(vectors.rowCount, 2 * candidateCapacity);
  const rows = new Int32Array(room);
  const cosines = new Float32Array(room);
  return {
    retrieve(anchor, limit, hits) {
      hits.count = 0;
      if (codes.codeOf(anchor) < 0) return;
      const count = vectors.nearest(vectors.row(anchor), Math.min(limit + 1, room), rows, cosines);
      for (let i = 0; i < count && hits.count < limit && cosines[i] > 0; i++) {
        if (rows[i] === anchor) continue;
        hits.items[hits.count] = rows[i];
        hits.scores[hits.count++] = cosines[i];
      }
    },
    score(anchor, items, count, scores) {
      scores.fill(0, 0, count);
      if (codes.codeOf(anchor) < 0) return;
      vectors.dot(vectors.row(anchor), items, count, scores);
      for (let i = 0; i < count; i++) if (!(scores[i] > 0) || items[i] === anchor) scores[i] = 0;
    },
  };
}
