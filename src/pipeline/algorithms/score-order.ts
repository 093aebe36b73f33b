import { topRows } from '../../math/top-rows.ts';
import type { Reranker } from '../algorithm.ts';

/** Rows ordered beyond what is wanted, so that a few removals need no second look. */
const spareRows = 20;

/** The order of the scores, best first. */
export const scoreOrder: Reranker = {
  name: 'score',
  rerank(_context, candidates, wanted) {
    const { scores, count, order } = candidates;
    candidates.ordered = topRows(scores, count, wanted + spareRows, order);
  },
};
