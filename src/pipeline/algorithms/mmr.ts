import { candidateCapacity } from '../../domain/candidates.ts';
import type { VectorTable } from '../../math/kernels/vector-table.ts';
import { selectRows } from '../../math/top-rows.ts';
import type { Reranker } from '../algorithm.ts';

/** Rows diversified beyond what is wanted, so that a removal does not bring back a near copy. */
const spareRows = 4;

/** Maximal marginal relevance over the best `pool` candidates; the others stay in the reserve. */
export function mmr(options: {
  /** 0 keeps the order of the scores, 1 looks at diversity alone. */
  readonly diversity: number;
  readonly pool: number;
  /** Vectors by dense item index, or why there are none. */
  readonly vectors: VectorTable | Error;
}): Reranker {
  const { diversity, pool, vectors } = options;
  const best = new Int32Array(candidateCapacity);
  const items = new Int32Array(candidateCapacity);
  const scores = new Float32Array(candidateCapacity);
  const order = new Int32Array(candidateCapacity);
  return {
    name: 'mmr',
    rerank(_context, candidates, wanted) {
      if (vectors instanceof Error) throw vectors;
      const size = Math.max(pool, wanted + spareRows);
      const count = selectRows(candidates.scores, candidates.count, size, best);
      for (let p = 0; p < count; p++) {
        items[p] = candidates.items[best[p]];
        scores[p] = candidates.scores[best[p]];
      }
      const chosen = vectors.mmr({
        items,
        scores,
        count,
        wanted: wanted + spareRows,
        diversity,
        order,
      });
      for (let p = 0; p < chosen; p++) candidates.order[p] = best[order[p]];
      candidates.ordered = chosen;
    },
  };
}
