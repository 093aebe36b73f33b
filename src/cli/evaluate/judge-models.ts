import type { Clock } from '../../domain/clock.ts';
import type { Item } from '../../domain/item.ts';
import { type PairedDifference, pairedBootstrap } from '../../math/paired-bootstrap.ts';
import { modelKinds } from '../../models/index.ts';
import { vectorColumnsOf } from '../../models/vector-columns.ts';
import type { Split } from '../../training/dataset/dataset.ts';
import { evaluateInThreads } from '../../training/evaluation/evaluate-in-threads.ts';
import type { ModelQuality } from '../../training/evaluation/model-quality.ts';
import { type ModelToTrain, trainModels } from '../../training/trainer.ts';
import type { EvaluateSettings } from './settings.ts';

/** The kind that every model is compared with, and those that a good model should beat. */
const [firstKind, ...furtherKinds] = ['popular', 'markov-1', 'item-knn'];

/** How one model did, or why it has no result. */
export type Verdict = { readonly name: string; readonly kind: string } & (
  | {
      readonly quality: ModelQuality;
      /** Of NDCG, against the baseline; absent for the baseline, and where that has none. */
      readonly difference: PairedDifference | undefined;
      readonly fitSeconds: number;
      readonly judgeSeconds: number;
      readonly bytes: number;
    }
  | { readonly failure: string }
);

/** What judging needs. */
export interface Judging {
  readonly split: Split;
  readonly items: readonly Item[];
  readonly settings: EvaluateSettings;
  readonly clock: Clock;
  readonly progress: (name: string, done: number, note: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Fits each model on the part before and judges it on the part after; a popularity list is the first of the answer. A
 * model that cannot be had says why, and the others go on.
 */
export async function judgeModels(judging: Judging): Promise<readonly Verdict[]> {
  const { settings, signal } = judging;
  const verdicts: Verdict[] = [];
  for (const [name, model] of withBaselines(settings)) {
    const verdict = await judgeOne(name, model, judging).catch((cause: Error) => ({
      ...{ name, kind: model.kind },
      failure: reasonOf(cause),
    }));
    signal.throwIfAborted();
    const [first] = verdicts;
    verdicts.push(
      'quality' in verdict && first && 'quality' in first
        ? { ...verdict, difference: pairedBootstrap(verdict.quality.ndcgs, first.quality.ndcgs) }
        : verdict,
    );
  }
  return verdicts;
}

/** The popularity list first, then the other models; a baseline that is not declared has its name in brackets. */
function withBaselines({ models, baselines }: EvaluateSettings): [string, ModelToTrain][] {
  const declared = Object.entries(models);
  const ofKind = (kind: string) => declared.find(([, model]) => model.kind === kind);
  const bare = (kind: string): [string, ModelToTrain] => [`(${kind})`, { kind, options: {} }];
  const first = ofKind(firstKind) ?? bare(firstKind);
  const further = furtherKinds.filter(
    (kind) => baselines && Object.hasOwn(modelKinds, kind) && ofKind(kind) === undefined,
  );
  return [first, ...further.map(bare), ...declared.filter(([name]) => name !== first[0])];
}

async function judgeOne(
  name: string,
  model: ModelToTrain,
  { split, items, settings, clock, progress, signal }: Judging,
): Promise<Extract<Verdict, { quality: ModelQuality }>> {
  const { task, cutoffs, every, threads } = settings;
  let fitted: { bytes: Uint8Array; seconds: number } | undefined;
  let failed: Error | undefined;
  await trainModels({
    data: { interactions: split.before },
    models: { [name]: model },
    trainedAtMs: lastOf(split.before.atMs),
    onProgress: ({ done, note }) => progress(`fitting ${name}`, done, note),
    onTrained: (trained) => {
      fitted = trained;
    },
    onFailed: ({ cause }) => {
      failed = cause;
    },
    threads,
    signal,
  });
  if (failed !== undefined) throw failed;
  const { bytes, seconds: fitSeconds } = fitted!;
  const startedAt = clock.monotonic();
  const quality = await evaluateInThreads({
    ...{ bytes, split, items, task, every, threads, signal },
    vectorColumns: vectorColumnsOf({ [name]: model }),
    ...{ cutoff: cutoffs[0], cutoffs: cutoffs.slice(1) },
    progress: (done) => progress(`judging ${name}`, done, ''),
  });
  const judgeSeconds = (clock.monotonic() - startedAt) / 1000;
  const { kind } = model;
  const difference = undefined;
  return { name, kind, quality, difference, fitSeconds, judgeSeconds, bytes: bytes.length };
}

function lastOf(atMs: Float64Array): number {
  return atMs.reduce((a, b) => Math.max(a, b), 0);
}

/** What an error says, and what its cause says. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
