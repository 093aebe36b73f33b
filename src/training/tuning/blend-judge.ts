import { blend } from '../../math/blend.ts';
import { listQuality } from '../../math/ranking.ts';
import { Hits, type Interactions, type Model, type ModelQuery } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';

/** How well a blend foresaw the next click. */
export interface BlendQuality {
  readonly cases: number;
  readonly hitRate: number;
  readonly ndcg: number;
  readonly mrr: number;
  /** NDCG of each case, for paired comparisons. */
  readonly ndcgs: Float64Array;
}

/** Judges a blend by the weight of each model, in the order that the judge was given them. */
export type BlendJudge = (weights: readonly number[]) => BlendQuality;

/** What a judge looks at. */
export interface BlendJudgeOptions {
  /** Candidates that each model brings to a case. */
  readonly limit?: number;
  readonly cutoff?: number;
  /** The most cases; of more, evenly many are taken. */
  readonly maxCases?: number;
}

/** Clicks before the target that a query holds. */
const recentCapacity = 50;

/** One next click, its candidates, and what each model says of them: columns one behind the other. */
interface BlendCase {
  readonly count: number;
  /** Row of what was clicked; -1 when no model brought it. */
  readonly target: number;
  readonly says: Float32Array;
}

/**
 * Asks the models once about every next click in `sessions` that they have not seen, and makes a judge of blends of
 * them: what the score stage would make of their candidates with other weights. O(cases · cost of the models) to make,
 * O(cases · candidates · models) to judge; memory 4 bytes a candidate, model and case.
 *
 * @example createBlendJudge([markov, popular], sessionsAfter, table)([1, 0.1]).hitRate // 0.71
 */
export function createBlendJudge(
  models: readonly Model[],
  sessions: Interactions,
  table: ItemTable,
  { limit = 100, cutoff = 20, maxCases = 5000 }: BlendJudgeOptions = {},
): BlendJudge {
  const cases = collectCases(models, sessions, { table, limit, maxCases });
  const totals = new Float32Array(models.length * limit);
  const columns = {
    recalls: new Float64Array(cases.length),
    ndcgs: new Float64Array(cases.length),
  };
  return (weights) => {
    let mrr = 0;
    for (const [i, one] of cases.entries()) {
      const rank = rankOfTarget(one, weights, totals);
      const { recall, ndcg, reciprocalRank } = listQuality(
        (place) => place + 1 === rank,
        1,
        cutoff,
      );
      columns.recalls[i] = recall;
      columns.ndcgs[i] = ndcg;
      mrr += reciprocalRank / cases.length;
    }
    const [hitRate, ndcg] = [columns.recalls, columns.ndcgs].map(
      (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, cases.length),
    );
    return { cases: cases.length, hitRate, ndcg, mrr, ndcgs: columns.ndcgs.slice() };
  };
}

interface Asked {
  readonly table: ItemTable;
  readonly limit: number;
  readonly maxCases: number;
}

function collectCases(
  models: readonly Model[],
  { items, offsets, codes, atMs }: Interactions,
  { table, limit, maxCases }: Asked,
): readonly BlendCase[] {
  const dense = Int32Array.from(codes, (code) => table.indexOf(items[code]));
  const targets: { at: number; start: number }[] = [];
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session] + 1; at < offsets[session + 1]; at++)
      targets.push({ at, start: offsets[session] });
  const every = Math.max(1, Math.ceil(targets.length / maxCases));
  const ask = createAsker(models, table, limit);
  return targets
    .filter((_, i) => i % every === 0)
    .map(({ at, start }) => {
      const recent = dense.subarray(Math.max(start, at - recentCapacity), at);
      const anchor = recent[recent.length - 1];
      return ask({ anchor, recent, nowMs: atMs[at], purpose: 'next' }, dense[at]);
    });
}

/** Makes what asks all models about one query. */
function createAsker(
  models: readonly Model[],
  table: ItemTable,
  limit: number,
): (query: ModelQuery, target: number) => BlendCase {
  const hits = new Hits(limit);
  const rowOf = new Int32Array(table.size).fill(-1);
  const candidates = new Int32Array(models.length * limit);
  const totals = new Float32Array(candidates.length);
  const columns = models.map(() => new Float32Array(candidates.length));
  const weights = new Float32Array(models.length).fill(1);
  return (query, target) => {
    let count = 0;
    for (const model of models) {
      model.retrieve(query, limit, hits);
      for (const item of hits.items.subarray(0, hits.count)) {
        if (rowOf[item] >= 0 || table.hidden[item] !== 0) continue;
        rowOf[item] = count;
        candidates[count++] = item;
      }
    }
    for (const [m, model] of models.entries()) model.score(query, candidates, count, columns[m]);
    // With weights of 1 each column becomes what its model adds for a weight of 1.
    blend({ count, weights, columns, totals });
    const says = new Float32Array(models.length * count);
    for (const [m, column] of columns.entries()) says.set(column.subarray(0, count), m * count);
    const row = target < 0 ? -1 : rowOf[target];
    for (let i = 0; i < count; i++) rowOf[candidates[i]] = -1;
    return { count, target: row, says };
  };
}

/** The first is 1; infinite when nobody brought it. Equal totals rank behind, so that no opinion is no merit. */
function rankOfTarget(
  { count, target, says }: BlendCase,
  weights: readonly number[],
  totals: Float32Array,
): number {
  if (target < 0) return Number.POSITIVE_INFINITY;
  totals.fill(0, 0, count);
  for (const [m, weight] of weights.entries())
    for (let row = 0; row < count; row++) totals[row] += weight * says[m * count + row];
  let rank = 1;
  for (let row = 0; row < count; row++)
    if (row !== target && totals[row] >= totals[target]) rank += 1;
  return rank;
}
