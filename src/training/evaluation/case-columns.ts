import { listQuality } from '../../math/ranking.ts';

/** Measures of the first `cutoff` places of each list: a value a case, or the means of them. */
export interface ListMeasures<Value = number> {
  readonly recall: Value;
  readonly ndcg: Value;
  readonly mrr: Value;
  readonly hitRate: Value;
  readonly precision: Value;
}

/** What was measured of each case, in an order that is the same for every model. */
export interface CaseColumns {
  /** The first is that of novelty and coverage. */
  readonly cutoffs: readonly number[];
  /** One of each cutoff. */
  readonly lists: readonly ListMeasures<Float64Array>[];
  /** Mean self-information of the list in bits; NaN for an empty one. */
  readonly novelty: Float64Array;
  /** Area under the curve of the full catalogue; NaN where it was not measured or nothing wanted is in the table. */
  readonly auc: Float64Array;
  /** Items that were wanted. */
  readonly wanted: Float64Array;
  /** By dense item: 1 where it is in any list. */
  readonly listed: Uint8Array;
}

/** One case as it is recorded. */
export interface JudgedCase {
  /** The first `count` are what was recommended, best first, in dense items. */
  readonly list: Int32Array;
  readonly count: number;
  /** Items that were wanted, at least 1. */
  readonly wanted: number;
  isWanted(place: number): boolean;
  readonly auc: number;
}

/** Takes cases in order. */
export interface CaseRecorder {
  record(judged: JudgedCase): void;
  readonly columns: CaseColumns;
}

/** Makes columns for so many cases; `noveltyBits` is the self-information of each dense item. */
export function createCaseRecorder(
  cases: number,
  cutoffs: readonly number[],
  noveltyBits: Float64Array,
): CaseRecorder {
  const column = () => new Float64Array(cases);
  const columns: CaseColumns = {
    cutoffs,
    lists: cutoffs.map(() => ({
      ...{ recall: column(), ndcg: column(), mrr: column() },
      ...{ hitRate: column(), precision: column() },
    })),
    novelty: column(),
    auc: column(),
    wanted: column(),
    listed: new Uint8Array(noveltyBits.length),
  };
  let at = 0;
  return {
    columns,
    record({ list, count, wanted, isWanted, auc }) {
      for (const [c, cutoff] of cutoffs.entries()) {
        const quality = listQuality(isWanted, wanted, cutoff);
        const { recall, ndcg, mrr, hitRate, precision } = columns.lists[c];
        recall[at] = quality.recall;
        ndcg[at] = quality.ndcg;
        mrr[at] = quality.reciprocalRank;
        hitRate[at] = quality.hit;
        precision[at] = quality.precision;
      }
      const shown = list.subarray(0, Math.min(count, cutoffs[0]));
      let bits = 0;
      for (const item of shown) {
        columns.listed[item] = 1;
        bits += noveltyBits[item];
      }
      columns.novelty[at] = bits / shown.length;
      columns.auc[at] = auc;
      columns.wanted[at++] = wanted;
    },
  };
}

/** Puts the columns of consecutive parts together. */
export function joinColumns(parts: readonly CaseColumns[]): CaseColumns {
  const join = (of: (part: CaseColumns) => Float64Array) => {
    const whole = new Float64Array(parts.reduce((sum, part) => sum + of(part).length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(of(part), at);
      at += of(part).length;
    }
    return whole;
  };
  const [{ cutoffs, listed }] = parts;
  return {
    cutoffs,
    lists: cutoffs.map((_, c) => ({
      recall: join(({ lists }) => lists[c].recall),
      ndcg: join(({ lists }) => lists[c].ndcg),
      mrr: join(({ lists }) => lists[c].mrr),
      hitRate: join(({ lists }) => lists[c].hitRate),
      precision: join(({ lists }) => lists[c].precision),
    })),
    novelty: join(({ novelty }) => novelty),
    auc: join(({ auc }) => auc),
    wanted: join(({ wanted }) => wanted),
    listed: listed.map((_, item) => Math.max(...parts.map((part) => part.listed[item]))),
  };
}
