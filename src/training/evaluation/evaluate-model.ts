import { catalogueAuc } from '../../math/catalogue-auc.ts';
import { topRows } from '../../math/top-rows.ts';
import type { Interactions, Model } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Split } from '../dataset/dataset.ts';
import { type CaseColumns, createCaseRecorder } from './case-columns.ts';
import { type EvaluationTask, type ModelQuality, qualityOf } from './model-quality.ts';
import { countTargets, walkNextClicks } from './next-click.ts';
import { countRanked, walkRanking } from './ranking.ts';
import { rankingTask } from './ranking-task.ts';

/** How a model is judged. */
export interface EvaluationOptions {
  /** Absent is `ranking` where the data name users, else `next-click`. */
  readonly task?: EvaluationTask | undefined;
  readonly cutoff?: number | undefined;
  /** Further lengths of lists that are measured. */
  readonly cutoffs?: readonly number[] | undefined;
  /** Judges each so many-th case, for quick looks. */
  readonly every?: number | undefined;
  /**
   * Whether rankings are measured by AUC too, which scores the whole catalogue for each user. Absent is where users
   * times items are at most 200 million.
   */
  readonly auc?: boolean | undefined;
  /** Told how far it is, 0 to 1. */
  readonly progress?: ((done: number) => void) | undefined;
}

/** One of several parts of the cases: consecutive ones. */
export interface Part {
  /** From 0. */
  readonly part: number;
  readonly of: number;
}

/** Scores that AUC may cost without being asked for. */
const cheapScores = 2e8;

/**
 * Judges a model that learnt `before` by what came `after`; the full catalogue is ranked. Next clicks are judged by
 * `score`, rankings by `retrieve`, as a gateway asks. O(cases · cost of a query).
 *
 * @example evaluateModel(model, splitLast(interactions, 0.1), table).measures.ndcg // 0.14
 */
export function evaluateModel(
  model: Model,
  split: Split,
  table: ItemTable,
  options: EvaluationOptions = {},
): ModelQuality {
  const columns = judgeCases(model, split, table, options);
  return qualityOf(taskOf(split, options), columns, table.live);
}

/** What is asked where nobody says. */
export function taskOf({ after }: Split, { task }: EvaluationOptions): EvaluationTask {
  return task ?? (after.users ? 'ranking' : 'next-click');
}

/** Judges a part of the cases, all of them unless said otherwise; see `evaluateModel`. */
export function judgeCases(
  model: Model,
  split: Split,
  table: ItemTable,
  { part = 0, of = 1, ...options }: EvaluationOptions & Partial<Part> = {},
): CaseColumns {
  const { cutoff = 20, cutoffs = [] } = options;
  const judging = {
    ...{ model, split, table, part: { part, of } },
    cutoffs: [...new Set([cutoff, ...cutoffs])],
    noveltyBits: noveltyBits(split.before, table),
    every: options.every ?? 1,
    progress: options.progress ?? (() => {}),
  };
  const isRanking = taskOf(split, options) === 'ranking';
  const columns = isRanking ? judgeRanking(judging, options.auc) : judgeNextClicks(judging);
  // A model may list what a gateway never shows.
  for (let item = 0; item < table.size; item++)
    if (table.hidden[item] !== 0) columns.listed[item] = 0;
  return columns;
}

interface Judging {
  readonly model: Model;
  readonly split: Split;
  readonly table: ItemTable;
  readonly part: Part;
  readonly cutoffs: readonly number[];
  readonly noveltyBits: Float64Array;
  readonly every: number;
  readonly progress: (done: number) => void;
}

function judgeRanking(judging: Judging, withAuc: boolean | undefined): CaseColumns {
  const { model, split, table, cutoffs, every, progress } = judging;
  const task = rankingTask(split.before, split.after);
  const users = countRanked(task, every);
  const [first, end] = boundsOf(users, judging.part);
  const isAucMeasured = withAuc ?? users * table.live <= cheapScores;
  const unknown = new Int32Array(table.size);
  const scores = new Float32Array(table.size);
  const recorder = createCaseRecorder(end - first, cutoffs, judging.noveltyBits);
  const nowMs = split.after.atMs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const walk = { model, task, table, every, first, end, cutoff: Math.max(...cutoffs), nowMs };
  let done = 0;
  walkRanking(walk, ({ query, list, count, wanted, isWanted, isKnown }) => {
    let auc = Number.NaN;
    if (isAucMeasured) {
      let size = 0;
      for (let item = 0; item < table.size; item++)
        if (table.hidden[item] === 0 && !isKnown(item)) unknown[size++] = item;
      model.score(query, unknown, size, scores);
      auc = catalogueAuc(scores.subarray(0, size), (row) => isWanted(unknown[row]));
    }
    const isHit = (place: number) => place < count && isWanted(list[place]);
    recorder.record({ list, count, wanted, auc, isWanted: isHit });
    progress(++done / (end - first));
  });
  return recorder.columns;
}

function judgeNextClicks(judging: Judging): CaseColumns {
  const { model, split, table, cutoffs, every, progress } = judging;
  const { after } = split;
  const [first, end] = boundsOf(countTargets(after, every), judging.part);
  const recorder = createCaseRecorder(end - first, cutoffs, judging.noveltyBits);
  const longest = Math.max(...cutoffs);
  const list = new Int32Array(longest);
  const walk = { score: model.score, interactions: after, table, every, first, end };
  let done = 0;
  walkNextClicks(walk, ({ rank, auc, scores, candidates }) => {
    const rows = topRows(scores, candidates.length, longest, list);
    let count = 0;
    // An item without a score is not recommended: only its index says where it stands.
    for (; count < rows && scores[list[count]] > 0; count++) list[count] = candidates[list[count]];
    const isWanted = (place: number) => place === rank - 1;
    recorder.record({ list, count, wanted: 1, auc, isWanted });
    progress(++done / (end - first));
  });
  return recorder.columns;
}

/** The first case of a part, and that before which it ends. */
function boundsOf(cases: number, { part, of }: Part): [first: number, end: number] {
  return [Math.floor((cases * part) / of), Math.floor((cases * (part + 1)) / of)];
}

/**
 * Self-information -log2 p of each dense item, where p is its share of the events, as if each item had one event more
 * (Zhou et al. 2010).
 */
function noveltyBits({ items, codes }: Interactions, table: ItemTable): Float64Array {
  const counts = new Float64Array(table.size).fill(1);
  let total = table.size;
  const dense = items.map((id) => table.indexOf(id));
  for (const code of codes) {
    if (dense[code] < 0) continue;
    counts[dense[code]] += 1;
    total += 1;
  }
  return counts.map((count) => Math.log2(total / count));
}
