import { type Alarming, openAlarming } from './alarming.ts';
import type { Config } from './config.ts';
import { type Clock, systemClock } from './domain/clock.ts';
import { SightlineError } from './domain/errors.ts';
import type { Feedback } from './domain/feedback.ts';
import type { Intent } from './domain/intent.ts';
import type { Item } from './domain/item.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import type { Slate } from './domain/slate.ts';
import type { User } from './domain/user.ts';
import { createExperiments, type Experiments } from './experiments/experiments.ts';
import { closeLoops } from './loops.ts';
import { createRng } from './math/rng.ts';
import type { Admission } from './pipeline/admission/admission.ts';
import { openAdmission } from './pipeline/admission/open-admission.ts';
import { createPopularWorks } from './pipeline/admission/popular-works.ts';
import { ordinary, type ShedReason, type Standing } from './pipeline/admission/shed.ts';
import { createFaults, type Faults } from './pipeline/faults.ts';
import { type FeedbackReceipt, receiveFeedback } from './pipeline/feedback-door.ts';
import { type ModelStatus, modelStatuses } from './pipeline/generation.ts';
import { createGenerations, type Generations } from './pipeline/generations.ts';
import { createPipeline, type Pipeline } from './pipeline/pipeline.ts';
import { predictClicks } from './pipeline/predicted-clicks.ts';
import type { Run } from './pipeline/run.ts';
import { warmUp } from './pipeline/warm-up.ts';
import type { Work } from './pipeline/work.ts';
import { unitePlugins } from './plugins/unite-plugins.ts';
import { createPastColumns } from './signals/known/past-columns.ts';
import type { PastEvents } from './signals/signal.ts';
import { ItemTable } from './stores/item-table.ts';
import { measured } from './stores/measured.ts';
import { openStore } from './stores/open-store.ts';
import { rebuildSessions } from './stores/rebuild.ts';
import { SessionTable } from './stores/session-table.ts';
import type { Store } from './stores/store.ts';
import type { PipelineLayout } from './telemetry/layout.ts';
import type { RequestRecord } from './telemetry/request-record.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { importDataset } from './training/import-dataset.ts';
import { prepareModels } from './training/prepare-models.ts';
import type { Watch } from './watching.ts';
import { openWebhooks } from './webhooks/open-webhooks.ts';

/** A finished answer, valid only inside the `render` call: its columns go back to the pool after it. */
export interface Answer {
  readonly slate: Slate;
  /** What the intent stage made of the request. */
  readonly intent: Intent;
  /** Outcome, strategy, generation, degradations and stage columns. */
  readonly record: RequestRecord;
  /** Names of the scorers, in the order of the columns of `contribution`. */
  readonly scorers: readonly string[];
  /** What scorer `s` contributed to position `p` of the slate; asked only for `explain`. */
  contribution(p: number, s: number): number;
}

/** The whole of Sightline, wired together, without a listener. */
export interface Gateway {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly store: Store;
  readonly table: ItemTable;
  /** The layout of a work, or undefined when there is no such work. */
  layoutOf(work: string): PipelineLayout | undefined;
  /**
   * Runs a work; `render` makes the answer's bytes while its columns are still there. Under too much load the answer
   * comes from the popularity list, or it throws `OverloadError`, as `standing` asks.
   */
  recommend<T>(
    work: string,
    request: RecommendRequest,
    record: RequestRecord,
    render: (answer: Answer) => T,
    standing?: Standing,
  ): T | Promise<T>;
  /** What recommend takes in; undefined where it takes in whatever comes. */
  readonly admission: Admission | undefined;
  putItems(items: readonly Item[]): Promise<void>;
  /** Answers whether the item was there. */
  deleteItem(id: string): Promise<boolean>;
  putUsers(users: readonly User[]): Promise<void>;
  deleteUser(id: string): Promise<boolean>;
  /** The events that the receipt calls accepted are durable when it resolves. */
  recordFeedback(batch: readonly Feedback[]): Promise<FeedbackReceipt>;
  generation(): { readonly id: string; readonly publishedAtMs: number };
  models(): readonly ModelStatus[];
  readonly experiments: Experiments;
  /** What may be broken on purpose; undefined where the configuration does not allow it. */
  readonly faults: Faults | undefined;
  /** The signals; undefined where events are off. */
  readonly watch: Watch | undefined;
  /** The anomalies found, and the alerts that others told of. */
  readonly alarming: Alarming;
  /** Not ready before the first generation is published and while draining; `reasons` says why. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** From now on `readiness` says no. */
  drain(): void;
  close(): Promise<void>;
}

/** How far a start is: importing the data set, loading models, training those that are missing. */
export interface StartProgress {
  readonly phase: 'import' | 'load' | 'train';
  readonly name: string;
  /** 0 to 1. */
  readonly done: number;
  readonly note: string;
}

/** What a gateway is opened with. */
export interface GatewayOptions {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock?: Clock | undefined;
  readonly onProgress?: ((progress: StartProgress) => void) | undefined;
  /** Holds the secrets that the configuration names. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Opens stores, imports the data set into an empty store, loads or trains the models, and publishes the
 * first generation. Throws `SightlineError` and leaves nothing open when that cannot be done.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, telemetry, clock = systemClock, onProgress = () => {} } = options;
  const { environment = {} } = options;
  const opened = await openStore(config.store, { clock });
  const store = measured(opened, telemetry.emit, clock);
  const faults = config.faults.enabled
    ? createFaults({ store: opened, emit: telemetry.emit, clock, rng: createRng(clock.now()) })
    : undefined;
  try {
    return await furnish({ config, telemetry, clock, onProgress, environment, store, faults });
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

interface Foundation {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly onProgress: (progress: StartProgress) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
  readonly faults: Faults | undefined;
}

async function furnish(foundation: Foundation): Promise<Gateway> {
  const { config, telemetry, clock, onProgress, store, faults } = foundation;
  const startedAt = clock.monotonic();
  const { dataset } = config;
  if (dataset !== undefined) await importDataset({ store, dataset, onProgress });
  const table = new ItemTable();
  const sessions = new SessionTable(config.sessions);
  const past = createPastColumns(pastEvents);
  await rebuildSessions(store, { table, sessions, see: past.add });
  const seconds = (clock.monotonic() - startedAt) / 1000;
  telemetry.emit('store.opened', { store: store.name, ...(await store.counts()), seconds });
  const models = await prepareModels({
    folder: config.modelFolder,
    models: config.models,
    store,
    table,
    clock,
    emit: telemetry.emit,
    onProgress,
  });
  const generations = createGenerations(
    {
      ...config,
      catalogue: unitePlugins([]),
      tables: new Map(),
      declared: config.models,
      store,
      table,
      clock,
      emit: telemetry.emit,
      faults,
    },
    models,
  );
  const pipeline = createPipeline({ table, sessions, clock, faults });
  await warmUp(generations.current.works.values(), { pipeline, table, sessions, clock });
  const alarming = await watchForAnomalies(foundation);
  return wire(foundation, { table, sessions, generations, pipeline, alarming, past: past.take() });
}

/** Starts the engine, and the door through which it tells others. */
async function watchForAnomalies(foundation: Foundation): Promise<Alarming> {
  const { config, telemetry, clock, store, environment } = foundation;
  const { host, port, publicUrl } = config.http.control;
  const controlUrl = publicUrl?.replace(/\/+$/, '') ?? `http://${host}:${port}`;
  const webhooks = await openWebhooks({
    endpoints: config.webhooks,
    storage: store,
    secrets: environment,
    clock,
    emit: telemetry.emit,
    externalUrl: controlUrl,
  });
  return openAlarming({ options: config.anomaly, telemetry, store, webhooks, clock, controlUrl });
}

/** Events of before the start that the signals are told of. */
const pastEvents = 100_000;

interface Furniture {
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly generations: Generations;
  readonly pipeline: Pipeline;
  readonly alarming: Alarming;
  readonly past: PastEvents;
}

function wire(foundation: Foundation, furniture: Furniture): Gateway {
  const { config, telemetry, clock, store, faults } = foundation;
  const { table, sessions, generations, pipeline, alarming } = furniture;
  const [firstLabel = '', secondLabel = ''] = config.anomaly.labels;
  const experiments = createExperiments(config.experiments, { clock });
  const { watch, retraining } = closeLoops({ ...foundation, ...furniture, experiments });
  const { emit } = telemetry;
  const door = {
    store,
    table,
    sessions,
    rules: config.feedback,
    emit,
    now: () => clock.now(),
    onFresh: (event: Feedback, item: number) => telemetry.feedback(event, item),
  };
  const guarded = openAdmission(config.protection, { emit, clock });
  const admission = guarded?.admission;
  const popularWork = createPopularWorks();
  let draining = false;
  return {
    config,
    telemetry,
    store,
    table,
    experiments,
    faults,
    watch,
    alarming,
    admission,
    layoutOf: (work) => generations.current.works.get(work)?.layout,
    recommend(name, request, record, render, standing = ordinary) {
      const generation = generations.current;
      const assigned = experiments.assign(name, request.user ?? request.session);
      const work = generation.works.get(assigned?.work ?? name);
      if (work === undefined)
        throw new SightlineError('SL_WORK_UNKNOWN', `work ${name} is not configured`);
      record.layout = work.layout;
      record.generation = generation.id;
      record.variant = assigned?.label ?? '';
      record.firstLabel = request.labels?.[firstLabel] ?? '';
      record.secondLabel = request.labels?.[secondLabel] ?? '';
      const use = (run: Run) => {
        if (watch !== undefined) noteSlate(run);
        return render(answerOf(run, work.scorers));
      };
      const serve = (reason?: ShedReason) => {
        if (reason === undefined) return pipeline.run({ work, request, record }, use);
        const popular = popularWork(work);
        noteShed(record, popular, reason);
        return pipeline.run({ work: popular, request, record }, use);
      };
      return admission === undefined ? serve() : admission.run(standing, serve);
    },
    async putItems(items) {
      await store.mset('items', items);
      for (const item of items) table.upsert(item);
      watch?.followItems();
    },
    async deleteItem(id) {
      const deleted = await store.mdelete('items', [id]);
      table.remove(id);
      watch?.followItems();
      return deleted > 0;
    },
    putUsers: (users) => store.mset('users', users),
    deleteUser: async (id) => (await store.mdelete('users', [id])) > 0,
    recordFeedback: (batch) => receiveFeedback(door, batch),
    generation: () => generations.current,
    models: () => modelStatuses(generations.current.models, config.models),
    readiness: () => ({ ready: !draining, reasons: draining ? ['draining'] : [] }),
    drain() {
      draining = true;
    },
    async close() {
      guarded?.close();
      await telemetry.flush();
      await retraining.close();
      await watch?.close();
      await alarming.close();
      await store.close();
    },
  };
}

/** Notes why only the last rung of the ladder serves. */
function noteShed(record: RequestRecord, { layout }: Work, reason: ShedReason): void {
  record.layout = layout;
  record.degrade({
    stage: 'retrieve',
    component: 'admission',
    reason,
    action: 'fallback_pipeline',
    changedSlate: true,
  });
}

/** Notes what is shown, with the predicted clicks, for the events of the exposures. */
function noteSlate(run: Run): void {
  for (let p = 0; p < run.slateCount; p++) run.record.slate[p] = run.slateItems[p];
  predictClicks(run);
}

function answerOf(run: Run, scorers: readonly string[]): Answer {
  const { slateCount, slateItems, slateScores, slateSources, slateRows, candidates } = run;
  return {
    slate: { count: slateCount, items: slateItems, scores: slateScores, sources: slateSources },
    intent: run.intent,
    record: run.record,
    scorers,
    contribution: (p, s) => (slateRows[p] < 0 ? 0 : candidates.contribution(s)[slateRows[p]]),
  };
}
