import type { Interactions, ModelQuery } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';

/** Writes a score for each of the first `count` of `items`; what is evaluated, be it one model or a blend. */
export type ScoreItems = (
  query: ModelQuery,
  items: Int32Array,
  count: number,
  scores: Float32Array,
) => void;

/** How well next clicks were foreseen. */
export interface NextClickQuality {
  /** Clicks that were to be foreseen. */
  readonly targets: number;
  /** Share of them among the first 20. */
  readonly hr20: number;
  /** Mean of 1 / rank, 0 behind rank 20. */
  readonly mrr20: number;
  /** Targets that had been clicked before in their session, and their share among the first 20. */
  readonly repeats: number;
  readonly repeatHr20: number;
  /** Rank of each target, the first is 1; infinite where it was missed altogether. */
  readonly ranks: Float64Array;
}

/** Clicks before the target that a query holds. */
const recentCapacity = 50;
const cutoff = 20;

/**
 * Evaluates next-click prediction with full ranking: each prefix of a session, of one click and more, predicts the
 * click after it; all live items of the table are ranked, none is masked; equal scores rank by item index. A target
 * outside the table counts as missed. `every` takes each so many-th target, for quick looks.
 * O(targets · cost of a score).
 *
 * @example evaluateNextClick(model.score, sessionsAfterTheSplit, table).hr20 // 0.701
 */
export function evaluateNextClick(
  score: ScoreItems,
  { items, offsets, codes, atMs }: Interactions,
  table: ItemTable,
  { every = 1 }: { every?: number } = {},
): NextClickQuality {
  const candidates = liveItems(table);
  const scores = new Float32Array(candidates.length);
  const rowOf = new Int32Array(table.size).fill(-1);
  for (const [row, item] of candidates.entries()) rowOf[item] = row;
  const dense = Int32Array.from(codes, (code) => table.indexOf(items[code]));
  const sums = { targets: 0, hits: 0, reciprocal: 0, repeats: 0, repeatHits: 0 };
  const ranks: number[] = [];
  let seen = 0;
  for (let session = 0; session + 1 < offsets.length; session++) {
    const start = offsets[session];
    for (let at = start + 1; at < offsets[session + 1]; at++) {
      if (seen++ % every !== 0) continue;
      const recent = dense.subarray(Math.max(start, at - recentCapacity), at);
      const anchor = recent[recent.length - 1];
      score(
        { anchor, recent, nowMs: atMs[at], purpose: 'next' },
        candidates,
        candidates.length,
        scores,
      );
      const rank = rankOf(scores, dense[at] < 0 ? -1 : rowOf[dense[at]]);
      ranks.push(rank);
      const hit = rank <= cutoff ? 1 : 0;
      const repeat = dense.subarray(start, at).includes(dense[at]) ? 1 : 0;
      sums.targets += 1;
      sums.hits += hit;
      sums.reciprocal += hit / rank;
      sums.repeats += repeat;
      sums.repeatHits += hit * repeat;
    }
  }
  const { targets, repeats } = sums;
  return {
    targets,
    hr20: sums.hits / Math.max(1, targets),
    mrr20: sums.reciprocal / Math.max(1, targets),
    repeats,
    repeatHr20: sums.repeatHits / Math.max(1, repeats),
    ranks: Float64Array.from(ranks),
  };
}

function liveItems({ size, hidden }: ItemTable): Int32Array {
  const items: number[] = [];
  for (let item = 0; item < size; item++) if (hidden[item] === 0) items.push(item);
  return Int32Array.from(items);
}

/** Rank of a row among all, the first is 1; behind everything when there is no such row or its score is no number. */
function rankOf(scores: Float32Array, row: number): number {
  const score = scores[row];
  if (row < 0 || Number.isNaN(score)) return Number.POSITIVE_INFINITY;
  let rank = 1;
  for (let other = 0; other < scores.length; other++)
    if (scores[other] > score || (scores[other] === score && other < row)) rank += 1;
  return rank;
}
