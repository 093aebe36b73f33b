import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type FramedModel, frameModel, readFrame } from '../models/file.ts';
import { modelKinds } from '../models/index.ts';
import type { Interactions } from '../models/model.ts';
import { openRegistry } from '../models/registry.ts';
import type { VersionRecord } from '../models/version-record.ts';
import type { ModelToTrain } from './trainer.ts';
import { runTrainingThread } from './training-thread.ts';

/** What a refresh is given. */
export interface RefreshOptions {
  /** Folder of the trained models. */
  readonly folder: string;
  readonly models: Readonly<Record<string, Pick<ModelToTrain, 'kind'>>>;
  /** Ids of the items to learn anew. */
  readonly items: readonly string[];
  /** All sessions of some recent time, those without the items as well; see `ModelKind.foldIn`. */
  readonly interactions: Interactions;
  readonly signal?: AbortSignal | undefined;
}

/** A model that has a new version. */
export interface RefreshedModel {
  readonly name: string;
  readonly version: string;
  /** The items that it learnt. */
  readonly learnt: readonly string[];
}

type Told =
  | { readonly say: 'refreshed'; readonly models: readonly RefreshedModel[] }
  | { readonly say: 'failed'; readonly name: string; readonly cause: unknown };

interface Job extends Omit<RefreshOptions, 'signal'> {
  readonly refresh: true;
}

/**
 * Learns single items anew in the current versions of models, in a worker thread, and saves what comes of it as their
 * current versions. A new version keeps the time of training of the one it was made of: that is the age of nearly all
 * its vectors. Models that were never trained, that cannot learn single items or learnt none of them are not in the
 * answer and stay as they are. Rejects with `SL_TRAINING_FAILED` and the cause; then nothing is saved, unless it was
 * saving that failed or was cancelled. One call at a time for a folder, and none while its models are trained.
 *
 * @example
 * await refreshItems({ folder: 'var/models', models: { near: { kind: 'item2vec' } }, items: ['C'], interactions });
 * // [{ name: 'near', version: '0f3c…', learnt: ['C'] }]
 */
export async function refreshItems(options: RefreshOptions): Promise<readonly RefreshedModel[]> {
  const { signal, ...job } = options;
  let refreshed: readonly RefreshedModel[] = [];
  await runTrainingThread<Told>({
    module: new URL(import.meta.url),
    name: 'refresh',
    data: { ...job, refresh: true } satisfies Job,
    onMessage(told, fail) {
      if (told.say === 'failed') fail(`of model ${told.name} failed`, told.cause);
      else refreshed = told.models;
    },
    signal,
  });
  return refreshed;
}

interface Refreshed extends RefreshedModel {
  readonly bytes: Uint8Array;
  readonly record: VersionRecord | undefined;
}

/** Saves on this side too: the files may be large, and a write waits for the disk. */
async function work(job: Job): Promise<void> {
  const registry = openRegistry({ folder: job.folder });
  const refreshed: Refreshed[] = [];
  let working = '';
  try {
    for (const name of Object.keys(job.models)) {
      working = name;
      const model = await refreshOne(name, job);
      if (model !== undefined) refreshed.push(model);
    }
    for (const { name, bytes, record } of refreshed) {
      working = name;
      await registry.save(name, bytes, record);
    }
    const models = refreshed.map(({ name, version, learnt }) => ({ name, version, learnt }));
    parentPort?.postMessage({ say: 'refreshed', models } satisfies Told);
  } catch (cause) {
    parentPort?.postMessage({ say: 'failed', name: working, cause } satisfies Told);
  }
}

async function refreshOne(
  name: string,
  { folder, models, items, interactions }: Job,
): Promise<Refreshed | undefined> {
  const { kind } = models[name];
  const { foldIn } = modelKinds[kind];
  const registry = openRegistry({ folder });
  const current = foldIn && (await registry.readCurrent(name, kind));
  if (foldIn === undefined || current === undefined) return undefined;
  const { payload, learnt } = foldIn(current.payload, items, interactions);
  if (learnt.length === 0) return undefined;
  const bytes = frameModel({ kind, trainedAtMs: current.stamp.trainedAtMs, payload });
  const { version } = readFrame(bytes, name).stamp;
  const parent = await registry.record(name, current.stamp.version);
  const record = parent && refreshedRecord(parent, { current, bytes, interactions });
  return { name, version, learnt, bytes, record };
}

/** Only what the vectors are made of has changed: nobody has judged them. */
function refreshedRecord(
  parent: VersionRecord,
  made: {
    readonly current: FramedModel;
    readonly bytes: Uint8Array;
    readonly interactions: Interactions;
  },
): VersionRecord {
  const lastAtMs = made.interactions.atMs.reduce((a, b) => Math.max(a, b), parent.data.lastAtMs);
  return {
    ...parent,
    data: { ...parent.data, lastAtMs },
    quality: null,
    gate: null,
    lineage: { parent: made.current.stamp.version, trigger: 'retraining', run: '' },
    bytes: made.bytes.length,
  };
}

if (!isMainThread && (workerData as Partial<Job> | null)?.refresh === true)
  void work(workerData as Job);
