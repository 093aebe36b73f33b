import { type PairedDifference, pairedBootstrap } from '../../math/paired-bootstrap.ts';
import { readFrame } from '../../models/file.ts';
import { modelKinds } from '../../models/index.ts';
import type { Interactions, Model } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { splitLast } from '../dataset/dataset.ts';
import { type ModelToTrain, trainModels } from '../trainer.ts';
import { type BlendQuality, createBlendJudge } from './blend-judge.ts';
import { searchWeights } from './search-weights.ts';

/** What a blend is made of, and of what it learns. */
export interface BlendToTune {
  readonly interactions: Interactions;
  readonly table: ItemTable;
  /** By name, with the weight that each has now; 0 for one that has none. */
  readonly models: Readonly<Record<string, ModelToTrain & { readonly weight: number }>>;
}

/** How it is tuned. */
export interface TuneBlendOptions {
  readonly trials?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  /** `done` is 0 to 1 of one model, or of the search. */
  readonly onProgress?: (progress: { name: string; done: number; note: string }) => void;
}

/** Better weights, and how much better they are on sessions that the search has not seen. */
export interface TunedBlend {
  readonly weights: Readonly<Record<string, number>>;
  /** On the sessions that the search saw. */
  readonly ndcg: number;
  readonly tuned: BlendQuality;
  readonly inUse: BlendQuality;
  /** NDCG of the tuned weights minus that of those in use. */
  readonly difference: PairedDifference;
}

/** Share of the sessions, the latest ones, that weights are judged by; the later half of it only at the end. */
const heldShare = 0.2;

/**
 * Learns the models from the first four fifths of the sessions, searches weights by the next tenth, and compares
 * them with those in use on the last. Rejects with `SL_TRAINING_FAILED` when a model cannot be learnt.
 *
 * @example (await tuneBlend({ interactions, table, models })).weights // { cbow: 1, 'session-knn': 0.84, ease: 0.27 }
 */
export async function tuneBlend(
  { interactions, table, models: declared }: BlendToTune,
  { trials = 150, seed = 1, signal, onProgress = () => {} }: TuneBlendOptions = {},
): Promise<TunedBlend> {
  const { before, after } = splitLast(interactions, heldShare);
  const { before: seen, after: unseen } = splitLast(after, 0.5);
  const models = await learn(declared, before, { table, signal, onProgress });
  const names = Object.keys(declared);
  const current = names.map((name) => declared[name].weight);
  const { weights, ndcg } = searchWeights(createBlendJudge(models, seen, table), current, {
    ...{ trials, seed },
    onTrial: (best, trial) =>
      onProgress({ name: 'weights', done: trial / trials, note: `NDCG ${best.ndcg.toFixed(4)}` }),
  });
  const judge = createBlendJudge(models, unseen, table);
  const [tuned, inUse] = [judge(weights), judge(current)];
  return {
    weights: Object.fromEntries(names.map((name, m) => [name, weights[m]])),
    ndcg,
    tuned,
    inUse,
    difference: pairedBootstrap(tuned.ndcgs, inUse.ndcgs),
  };
}

interface Learning extends Required<Pick<TuneBlendOptions, 'onProgress'>> {
  readonly table: ItemTable;
  readonly signal: AbortSignal | undefined;
}

/** The models in the order of their names in `declared`. */
async function learn(
  declared: BlendToTune['models'],
  interactions: Interactions,
  { table, signal, onProgress }: Learning,
): Promise<readonly Model[]> {
  const learnt = new Map<string, Model>();
  let failed: Error | undefined;
  await trainModels({
    data: { interactions },
    models: declared,
    trainedAtMs: interactions.atMs.reduce((a, b) => Math.max(a, b), 0),
    onProgress,
    onTrained({ name, recipe, bytes }) {
      const { stamp, payload } = readFrame(bytes, name);
      learnt.set(name, modelKinds[recipe.kind].load(payload, stamp, table));
    },
    onFailed({ cause }) {
      failed = cause;
    },
    signal,
  });
  if (failed !== undefined) throw failed;
  return Object.keys(declared).map((name) => learnt.get(name)!);
}
