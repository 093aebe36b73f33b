import { availableParallelism } from 'node:os';
import { memoryUsage } from 'node:process';
import { type ErrorCode, SightlineError } from '../../domain/errors.ts';
import { frameModel } from '../../models/file.ts';
import { modelKinds, needLedger } from '../../models/index.ts';
import type { Interactions, Progress } from '../../models/model.ts';
import { openRegistry } from '../../models/registry.ts';
import { openReadOnlyStore } from '../../stores/read-only.ts';
import { interactionsFromStore } from '../dataset/interactions-from-store.ts';
import type { LearningOptions } from '../dataset/learning-schema.ts';
import type { ModelGateOptions } from '../training-schema.ts';
import { assertMemory } from './assert-memory.ts';
import { type DataSummary, describeData } from './describe-data.ts';
import {
  type Judgement,
  judgeModel,
  loadCandidate,
  type Recipe,
  readCurrentVersion,
  tableOf,
} from './judge-model.ts';
import { lowerPriority } from './lower-priority.ts';
import { planHoldOut } from './plan-hold-out.ts';
import { probeModel } from './probe-model.ts';

/** Where a run takes its data from: from who calls, or from the folder of a store. */
export type DataSource =
  | { readonly interactions: Interactions }
  | { readonly storeFolder: string; readonly learning?: LearningOptions | undefined };

/** What a training thread is given. */
export interface TrainingJob {
  readonly trainer: true;
  readonly data: DataSource;
  readonly models: Readonly<Record<string, Recipe>>;
  /** Epoch milliseconds that the models carry as their time of training. */
  readonly trainedAtMs: number;
  /** Undefined is as many as there are cores. */
  readonly threads: number | undefined;
  /** Undefined is no limit. */
  readonly maxMemoryMb: number | undefined;
  /** Whether others go first. */
  readonly hasLowPriority: boolean;
  /** Undefined: nothing is judged, what was learnt is good enough. */
  readonly judge: { readonly folder: string; readonly options: ModelGateOptions } | undefined;
}

/** A model that was learnt. */
export interface TrainedModel {
  readonly name: string;
  readonly recipe: Recipe;
  /** Epoch milliseconds. */
  readonly trainedAtMs: number;
  /** Framed. One that was rejected learnt only the part before the hold-out. */
  readonly bytes: Uint8Array;
  /** Time of the fits and of the evaluation. */
  readonly seconds: number;
  readonly threads: number;
  readonly data: DataSummary;
  /** The version that was current meanwhile. */
  readonly parent: string | undefined;
  /** Undefined where it was not judged. */
  readonly judgement: Judgement | undefined;
}

/** Parts of a run that take place in the thread. */
export type ThreadPhase = 'load' | 'train' | 'evaluate' | 'gate';

/** What a training thread tells. */
export type ToldByTraining =
  | { readonly say: 'phase'; readonly phase: ThreadPhase; readonly name: string }
  | { readonly say: 'loaded'; readonly data: DataSummary }
  | {
      readonly say: 'progress';
      readonly name: string;
      readonly done: number;
      readonly note: string;
      /** Memory of the whole process. */
      readonly bytes: number;
    }
  | { readonly say: 'trained'; readonly model: TrainedModel }
  | {
      readonly say: 'failed';
      readonly name: string;
      /** Of an error of the table; the class does not come through. */
      readonly code: ErrorCode | undefined;
      readonly cause: unknown;
    };

/** Tells something; buffers that are handed over are gone here. */
export type SayOfTraining = (told: ToldByTraining, handedOver?: ArrayBuffer[]) => void;

/** Loads the data and learns one model after the other; one that fails does not stop the others. */
export async function trainInThread(job: TrainingJob, say: SayOfTraining): Promise<void> {
  if (job.hasLowPriority) lowerPriority();
  say({ say: 'phase', phase: 'load', name: '' });
  const interactions = await loadInteractions(job);
  const data = describeData(interactions);
  say({ say: 'loaded', data });
  for (const [name, recipe] of Object.entries(job.models)) {
    say({ say: 'phase', phase: 'train', name });
    try {
      const model = await trainOne({ name, recipe, interactions, data, job, say });
      say({ say: 'trained', model }, [model.bytes.buffer as ArrayBuffer]);
    } catch (cause) {
      const code = cause instanceof SightlineError ? cause.code : undefined;
      say({ say: 'failed', name, code, cause });
    }
  }
}

async function loadInteractions({
  data,
  models,
  trainedAtMs: nowMs,
}: TrainingJob): Promise<Interactions> {
  if ('interactions' in data) return data.interactions;
  const store = openReadOnlyStore(data.storeFolder);
  try {
    const { interactions } = await interactionsFromStore(store, {
      ...{ learning: data.learning, nowMs, withLedger: needLedger(models) },
    });
    return interactions;
  } finally {
    await store.close();
  }
}

interface Bench {
  readonly name: string;
  readonly recipe: Recipe;
  readonly interactions: Interactions;
  readonly data: DataSummary;
  readonly job: TrainingJob;
  readonly say: SayOfTraining;
}

async function trainOne({ name, recipe: declared, ...bench }: Bench): Promise<TrainedModel> {
  const { interactions, data, job, say } = bench;
  const startedAt = performance.now();
  const kind = modelKinds[declared.kind];
  const recipe = { kind: declared.kind, options: kind.parseOptions(declared.options) };
  if (kind.learns && data.events === 0) throw nothingToLearn();
  const threads = job.threads ?? availableParallelism();
  const learn = (one: Recipe, from: Interactions): Uint8Array => {
    const fitted = modelKinds[one.kind];
    assertMemory(name, fitted.memoryBytes?.(from, one.options), job.maxMemoryMb);
    const tell = createTeller(name, say);
    return fitted.fit(from, one.options, tell, { threads });
  };
  const { parent, judgement, candidate } = await judge({ name, recipe, ...bench }, learn);
  const isRejected = judgement?.verdict === 'reject';
  if (judgement !== undefined && !isRejected) say({ say: 'phase', phase: 'train', name });
  const payload = isRejected ? candidate! : learn(recipe, interactions);
  if (!isRejected) assertSound(recipe.kind, payload, interactions);
  const { trainedAtMs } = job;
  const bytes = new Uint8Array(frameModel({ kind: recipe.kind, trainedAtMs, payload }));
  const seconds = (performance.now() - startedAt) / 1000;
  return { name, recipe, trainedAtMs, bytes, seconds, threads, data, parent, judgement };
}

interface Judged {
  readonly parent: string | undefined;
  readonly judgement: Judgement | undefined;
  /** What the part before the hold-out gave. */
  readonly candidate: Uint8Array | undefined;
}

async function judge(
  { name, recipe, interactions, job, say }: Bench,
  learn: (recipe: Recipe, from: Interactions) => Uint8Array,
): Promise<Judged> {
  const unjudged = { parent: undefined, judgement: undefined, candidate: undefined };
  if (job.judge === undefined) return unjudged;
  const { folder, options } = job.judge;
  const current = await readCurrentVersion(openRegistry({ folder }), name, recipe);
  const parent = current?.model.stamp.version;
  const holdOut = modelKinds[recipe.kind].learns
    ? planHoldOut(interactions, current, options)
    : undefined;
  if (holdOut === undefined) return { ...unjudged, parent };
  const { before } = holdOut.split;
  const candidate = learn(recipe, before);
  say({ say: 'phase', phase: 'evaluate', name });
  const judgement = judgeModel(
    { kind: recipe.kind, payload: candidate },
    { holdOut, options, current, learn: (other) => learn(other, before) },
  );
  say({ say: 'phase', phase: 'gate', name });
  return { parent, judgement, candidate };
}

/** What learnt from all of the data is another model than the one that was judged. */
function assertSound(kind: string, payload: Uint8Array, interactions: Interactions): void {
  const table = tableOf(interactions);
  const probe = probeModel(loadCandidate(kind, payload, table), interactions, table, {
    queries: 50,
  });
  if (probe.isSound) return;
  const message = 'scores are not all finite and at least 0';
  throw new SightlineError('SL_TRAINING_FAILED', message);
}

function nothingToLearn(): SightlineError {
  const message = 'store has no feedback, expected some to learn from';
  return new SightlineError('SL_NOTHING_TO_LEARN', message);
}

/** Progress is told at most this often. */
const tellEveryMs = 200;

function createTeller(name: string, say: SayOfTraining): Progress {
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (done: number, note: string) => {
    const now = performance.now();
    if (done < 1 && now - toldAt < tellEveryMs) return;
    toldAt = now;
    say({ say: 'progress', name, done, note, bytes: memoryUsage.rss() });
  };
  tell(0, 'starting');
  toldAt = Number.NEGATIVE_INFINITY;
  return tell;
}
