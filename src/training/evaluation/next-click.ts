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

/** One click that was to be foreseen, ranked among all live items. */
export interface RankedClick {
  /** The first is 1; infinite where the target is not in the table, is hidden or has no number as its score. */
  readonly rank: number;
  /** Share of the other items below it, equal ones counting half; NaN where the rank is infinite. */
  readonly auc: number;
  /** Whether it had been clicked before in its session. */
  readonly isRepeat: boolean;
  /** Scores of `candidates`, overwritten by the next. */
  readonly scores: Float32Array;
  readonly candidates: Int32Array;
}

/** Which targets are asked for: each `every`th, and of those from `first` to before `end`. */
export interface ClickRange {
  readonly every?: number | undefined;
  readonly first?: number | undefined;
  readonly end?: number | undefined;
}

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
  interactions: Interactions,
  table: ItemTable,
  { every = 1 }: { every?: number } = {},
): NextClickQuality {
  const sums = { hits: 0, reciprocal: 0, repeats: 0, repeatHits: 0 };
  const ranks: number[] = [];
  walkNextClicks({ score, interactions, table, every }, ({ rank, isRepeat }) => {
    const hit = rank <= cutoff ? 1 : 0;
    ranks.push(rank);
    sums.hits += hit;
    sums.reciprocal += hit / rank;
    sums.repeats += Number(isRepeat);
    sums.repeatHits += hit * Number(isRepeat);
  });
  return {
    targets: ranks.length,
    hr20: sums.hits / Math.max(1, ranks.length),
    mrr20: sums.reciprocal / Math.max(1, ranks.length),
    repeats: sums.repeats,
    repeatHr20: sums.repeatHits / Math.max(1, sums.repeats),
    ranks: Float64Array.from(ranks),
  };
}

/** How many targets there are, each `every`th. */
export function countTargets({ offsets }: Pick<Interactions, 'offsets'>, every = 1): number {
  let targets = 0;
  for (let session = 0; session + 1 < offsets.length; session++)
    targets += Math.max(0, offsets[session + 1] - offsets[session] - 1);
  return Math.ceil(targets / every);
}

/** What a walk over next clicks needs. */
export interface ClickWalk extends ClickRange {
  readonly score: ScoreItems;
  readonly interactions: Interactions;
  readonly table: ItemTable;
}

/** Ranks each target in order and shows it; see `evaluateNextClick`. */
export function walkNextClicks(walk: ClickWalk, visit: (click: RankedClick) => void): void {
  const { score, interactions, table, every = 1, first = 0 } = walk;
  const { items, offsets, codes, atMs } = interactions;
  const { end = Number.POSITIVE_INFINITY } = walk;
  const candidates = liveItems(table);
  const scores = new Float32Array(candidates.length);
  const rowOf = new Int32Array(table.size).fill(-1);
  for (const [row, item] of candidates.entries()) rowOf[item] = row;
  const dense = Int32Array.from(codes, (code) => table.indexOf(items[code]));
  let seen = 0;
  for (let session = 0; session + 1 < offsets.length; session++) {
    const start = offsets[session];
    for (let at = start + 1; at < offsets[session + 1]; at++) {
      const target = seen++ / every;
      if (!Number.isInteger(target) || target < first) continue;
      if (target >= end) return;
      const recent = dense.subarray(Math.max(start, at - recentCapacity), at);
      const anchor = recent[recent.length - 1];
      score(
        { anchor, recent, nowMs: atMs[at], purpose: 'next' },
        candidates,
        candidates.length,
        scores,
      );
      const isRepeat = dense.subarray(start, at).includes(dense[at]);
      const place = placeOf(scores, dense[at] < 0 ? -1 : rowOf[dense[at]]);
      visit({ ...place, isRepeat, scores, candidates });
    }
  }
}

function liveItems({ size, hidden }: ItemTable): Int32Array {
  const items: number[] = [];
  for (let item = 0; item < size; item++) if (hidden[item] === 0) items.push(item);
  return Int32Array.from(items);
}

/** Where a row stands among all; behind everything when there is no such row or its score is no number. */
function placeOf(scores: Float32Array, row: number): Pick<RankedClick, 'rank' | 'auc'> {
  const score = scores[row];
  if (row < 0 || Number.isNaN(score)) return { rank: Number.POSITIVE_INFINITY, auc: Number.NaN };
  let rank = 1;
  let above = 0;
  for (let other = 0; other < scores.length; other++) {
    if (scores[other] > score) {
      rank += 1;
      above += 1;
    } else if (scores[other] === score && other !== row) {
      if (other < row) rank += 1;
      above += 0.5;
    }
  }
  return { rank, auc: 1 - above / (scores.length - 1) };
}
