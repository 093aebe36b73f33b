import type { CaseColumns, ListMeasures } from './case-columns.ts';

/** What is asked of a model: the next event of a session, or all later items of a user. */
export type EvaluationTask = 'next-click' | 'ranking';

/** How well a model did on what it had not seen. */
export interface ModelQuality {
  readonly task: EvaluationTask;
  /** Targets of `next-click`, users of `ranking`. */
  readonly cases: number;
  /** The cutoff of `measures`. */
  readonly cutoff: number;
  readonly measures: QualityMeasures;
  /** Measures of lists of each length that was asked for. */
  readonly byCutoff: Readonly<Record<number, ListMeasures>>;
  /** NDCG of each case, in an order that is the same for every model: for paired comparisons. */
  readonly ndcgs: Float64Array;
  readonly columns: CaseColumns;
}

/** Means over the cases; 0 where there are none. */
export interface QualityMeasures extends ListMeasures {
  /** Share of the live catalogue that is in any list. */
  readonly coverage: number;
  /** Mean self-information -log2 p of what is in the lists, in bits; p is the share of an item in the events learnt. */
  readonly novelty: number;
  /** Mean over the cases; absent where it was not measured. */
  readonly auc?: number;
  /** The same, each case weighing by what was wanted (GAUC, Zhu et al. 2017). */
  readonly gauc?: number;
}

/** Sums columns up. `liveItems` is how many items could have been in a list. */
export function qualityOf(
  task: EvaluationTask,
  columns: CaseColumns,
  liveItems: number,
): ModelQuality {
  const { cutoffs, lists, wanted, listed } = columns;
  const byCutoff = Object.fromEntries(
    cutoffs.map((cutoff, c) => [cutoff, meansOf(lists[c])]),
  ) as Record<number, ListMeasures>;
  const ones = new Float64Array(wanted.length).fill(1);
  const auc = meanOf(columns.auc, ones);
  return {
    task,
    cases: wanted.length,
    cutoff: cutoffs[0],
    measures: {
      ...byCutoff[cutoffs[0]],
      coverage: listed.reduce((sum, is) => sum + is, 0) / Math.max(1, liveItems),
      novelty: meanOf(columns.novelty, ones) ?? 0,
      ...(auc !== undefined && { auc, gauc: meanOf(columns.auc, wanted)! }),
    },
    byCutoff,
    ndcgs: lists[0].ndcg,
    columns,
  };
}

function meansOf(columns: ListMeasures<Float64Array>): ListMeasures {
  const mean = (column: Float64Array) =>
    column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length);
  return {
    recall: mean(columns.recall),
    ndcg: mean(columns.ndcg),
    mrr: mean(columns.mrr),
    hitRate: mean(columns.hitRate),
    precision: mean(columns.precision),
  };
}

/** Weighted mean of the numbers of a column; undefined where there are none. */
function meanOf(column: Float64Array, weights: Float64Array): number | undefined {
  let [sum, total] = [0, 0];
  for (let i = 0; i < column.length; i++) {
    if (Number.isNaN(column[i])) continue;
    sum += column[i] * weights[i];
    total += weights[i];
  }
  return total === 0 ? undefined : sum / total;
}
