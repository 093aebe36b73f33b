import { modelKinds } from '../../models/index.ts';
import type { Interactions } from '../../models/model.ts';
import { ItemTable } from '../../stores/item-table.ts';
import { evaluateModel } from '../evaluation/evaluate-model.ts';
import type { EvaluationTask } from '../evaluation/model-quality.ts';

/** One fit and its judgement. */
export interface TrialJob {
  readonly kind: string;
  /** All options of the kind. */
  readonly options: unknown;
  readonly task: EvaluationTask;
  readonly before: Interactions;
  readonly after: Interactions;
  readonly cutoff: number;
  /** Cases judged at the most. */
  readonly maxCases: number;
  /** Threads of the fit. */
  readonly threads: number;
}

/** Fits, loads and judges a model, and blocks its thread meanwhile. Throws what the kind throws. */
export function judgeTrial(job: TrialJob): {
  readonly score: number;
  readonly ndcgs: Float64Array;
} {
  const { before, after, task, cutoff, threads } = job;
  const kind = modelKinds[job.kind];
  const payload = kind.fit(before, kind.parseOptions(job.options), () => {}, { threads });
  const table = tableOf(before, after);
  const stamp = { kind: job.kind, version: 'trial', trainedAtMs: 0 };
  const model = kind.load(payload, stamp, table);
  const every = Math.max(1, Math.ceil(casesOf(task, after) / job.maxCases));
  const { measures, ndcgs } = evaluateModel(model, { before, after }, table, {
    ...{ task, cutoff, every },
  });
  return { score: ndcgs.length === 0 ? Number.NaN : measures.ndcg, ndcgs };
}

/** Users, or clicks after another; about. */
function casesOf(
  task: EvaluationTask,
  { offsets, codes, userOf = new Int32Array(0) }: Interactions,
) {
  return task === 'ranking' ? new Set(userOf).size : codes.length - offsets.length + 1;
}

/** Every item of the data, shown. */
function tableOf(...parts: readonly Interactions[]): ItemTable {
  const table = new ItemTable();
  const shown = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (const id of new Set(parts.flatMap(({ items }) => items))) table.upsert({ id, ...shown });
  return table;
}
