import { type Access, createAccess } from './access/access.ts';
import { type Alarming, openAlarming } from './alarming.ts';
import { answerOf } from './answer.ts';
import type { ServingGeneration } from './changes/ingredients.ts';
import { type ConfigSource, openSteering } from './changes/steering.ts';
import type { Config } from './config.ts';
import { type Clock, systemClock } from './domain/clock.ts';
import { createTurns } from './domain/in-turn.ts';
import type { Drifting } from './drifting.ts';
import { createDryRun } from './dry-run.ts';
import type { Gateway } from './gateway.ts';
import { createKeeping } from './keeping.ts';
import { closeLoops } from './loops.ts';
import { createRng } from './math/rng.ts';
import { noteWrites } from './note-writes.ts';
import { openAdmission } from './pipeline/admission/open-admission.ts';
import { ordinary } from './pipeline/admission/shed.ts';
import { DueEvents } from './pipeline/due-events.ts';
import { openEffects } from './pipeline/effects/open-effects.ts';
import { createFaults, type Faults } from './pipeline/faults.ts';
import type { Generations } from './pipeline/generations/generations.ts';
import { modelStatuses } from './pipeline/generations/model-status.ts';
import { predictClicks } from './pipeline/predicted-clicks.ts';
import type { Run } from './pipeline/run.ts';
import type { Work } from './pipeline/work.ts';
import type { Retraining } from './retraining.ts';
import { openTraining, type Training } from './scheduling.ts';
import { openServing, type Serving } from './serving.ts';
import { createShadowing } from './shadowing.ts';
import { createPastColumns } from './signals/known/past-columns.ts';
import { type MeasuredStore, measured } from './stores/measured.ts';
import { openStore } from './stores/open-store.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { importDataset } from './training/dataset/import-dataset.ts';
import { prepareModels } from './training/prepare-models.ts';
import type { Watch } from './watching.ts';
import { openWebhooks } from './webhooks/open-webhooks.ts';
import { createWriting } from './writing.ts';

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
  /** The folder of the configuration, which the paths of plugins begin at. */
  readonly folder?: string | undefined;
  readonly clock?: Clock | undefined;
  readonly onProgress?: ((progress: StartProgress) => void) | undefined;
  /** Holds the secrets that the configuration names. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where the configuration comes from; without it a reload takes the one at hand. */
  readonly source?: ConfigSource | undefined;
}

/**
 * Opens stores, imports the data set into an empty store, loads or trains the models, and publishes the
 * first generation. Throws `SightlineError` and leaves nothing open when that cannot be done.
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, telemetry, clock = systemClock, onProgress = () => {} } = options;
  const { environment = {}, folder = '.', source } = options;
  const access = createAccess(config.access, { environment, clock, emit: telemetry.emit });
  const opened = await openStore(config.store, {
    clock,
    hasLookups: config.gorse !== undefined || readsHistory(config),
  });
  const store = measured(opened, telemetry.emit, clock);
  const faults = config.faults.enabled
    ? createFaults({ store: opened, emit: telemetry.emit, clock, rng: createRng(clock.now()) })
    : undefined;
  try {
    const tools = { config, folder, telemetry, clock, onProgress, environment };
    return await furnish({ ...tools, access, store, faults, source });
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

/** Whether a work looks up what users ever did. */
function readsHistory({ works }: Config): boolean {
  return Object.values(works).some(({ stages }) =>
    stages.some((stage) => stage.stage === 'features' && stage.use.includes('history')),
  );
}

interface Foundation {
  readonly config: Config;
  readonly folder: string;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly onProgress: (progress: StartProgress) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly access: Access;
  readonly store: MeasuredStore;
  readonly faults: Faults | undefined;
  readonly source: ConfigSource | undefined;
}

async function furnish(foundation: Foundation): Promise<Gateway> {
  const { config, folder, telemetry, clock, environment, onProgress } = foundation;
  const { store, faults } = foundation;
  const { emit } = telemetry;
  const startedAt = clock.monotonic();
  const { dataset, modelFolder, models, training } = config;
  if (dataset !== undefined) await importDataset({ store, dataset, onProgress });
  const past = createPastColumns(pastEvents);
  const due = new DueEvents();
  const aheadMs = 1000 * (config.gorse?.clockErrorSeconds ?? config.feedback.futureSeconds);
  const following: { publish?: (generation: ServingGeneration) => void } = {};
  const serving = await openServing({
    ...{ config, folder, store, clock, emit, environment, faults, see: past.add },
    untilMs: clock.now() + aheadMs,
    later: (event) => due.add(event),
    onPublished: (generation) => following.publish?.(generation),
    async prepareModels(table) {
      const seconds = (clock.monotonic() - startedAt) / 1000;
      emit('store.opened', { store: store.name, ...(await store.counts()), seconds });
      const tools = { store, table, clock, emit, onProgress };
      return prepareModels({ folder: modelFolder, models, training, ...tools });
    },
  });
  try {
    const alarming = await watchForAnomalies(foundation);
    const inTurn = createTurns();
    const loops = closeLoops({ ...foundation, serving, alarming, past: past.take(), inTurn });
    following.publish = loops.follow;
    const training = openTraining({ ...foundation, emit, ...serving, inTurn });
    return wire(foundation, { serving, alarming, ...loops, training, due, aheadMs });
  } catch (cause) {
    await serving.close();
    throw cause;
  }
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
  readonly serving: Serving;
  readonly alarming: Alarming;
  readonly watch: Watch | undefined;
  readonly retraining: Retraining;
  readonly drifting: Drifting;
  readonly training: Training;
  readonly due: DueEvents;
  readonly aheadMs: number;
}

function wire(foundation: Foundation, furniture: Furniture): Gateway {
  const { config, telemetry, clock, access, store, faults } = foundation;
  const { serving, alarming, watch, retraining, drifting, training, due, aheadMs } = furniture;
  const { table, sessions, generations, changes, tables } = serving;
  const { emit } = telemetry;
  const lists =
    config.gorse &&
    createKeeping({
      ...{ options: config.gorse.cache, table, generations, clock, emit },
      futureMs: aheadMs,
      isFaulty: () => faults?.areInPlace() ?? false,
    });
  const writing = noteWrites(
    createWriting({ config, store, table, sessions, telemetry, clock, watch, due, aheadMs }),
    lists,
  );
  const keeping = lists && {
    ...lists,
    recall: <T>(...asked: Parameters<typeof lists.recall<T>>) => {
      writing.followDue();
      return lists.recall<T>(...asked);
    },
    recallText: <T>(...asked: Parameters<typeof lists.recallText<T>>) => {
      writing.followDue();
      return lists.recallText<T>(...asked);
    },
  };
  const guarded = openAdmission(config.protection, { emit, clock });
  const admission = guarded?.admission;
  const steering = openSteering({
    ...foundation,
    emit,
    changes,
    loadedFiles: () => generations.current.generation.plugins.files,
  });
  const settings = () => generations.current.generation.settings;
  const effects = openEffects(config.effects, { emit, clock, admission });
  const { pipeline } = serving;
  const dryRun = createDryRun({ generations, pipeline });
  const shadowing = createShadowing({ pipeline, generations, admission, effects, emit, clock });
  let draining = false;
  return {
    config,
    telemetry,
    store,
    access,
    get features() {
      return generations.current.generation.features;
    },
    table,
    sessions,
    tables,
    keeping,
    get plugins() {
      return generations.current.generation.plugins.contents;
    },
    get experiments() {
      return generations.current.generation.experiments;
    },
    faults,
    watch,
    alarming,
    admission,
    generations,
    steering,
    training,
    settings,
    layoutOf: (work) => generations.current.generation.works.get(work)?.layout,
    recommend(name, request, record, render, standing = ordinary) {
      writing.followDue();
      const asked = { work: name, request, record };
      const use = (run: Run, work: Work) => {
        if (watch !== undefined) noteSlate(run);
        shadowing.follow(work, run);
        return render(answerOf(run, work));
      };
      return admission === undefined
        ? serving.answer(asked, use)
        : serving.answer(asked, use, (serve) => admission.run(standing, serve));
    },
    dryRun: (asked, read) =>
      dryRun(asked, (done) => read({ ...done, answer: answerOf(done.run, done.work) })),
    ...writing,
    async recordFeedback(batch, options) {
      writing.followDue();
      const receipt = await writing.recordFeedback(batch, options);
      training.note(receipt.accepted);
      return receipt;
    },
    async replaceFeedback(batch, options) {
      await writing.replaceFeedback(batch, options);
      training.note(batch.length);
    },
    generation: () => showCurrent(generations),
    models: () => modelStatuses(generations.current.generation.models, settings().models),
    readiness: () => ({ ready: !draining, reasons: draining ? ['draining'] : [] }),
    drain() {
      draining = true;
    },
    async close() {
      steering.close();
      guarded?.close();
      await effects.close();
      await telemetry.flush();
      await training.close();
      await retraining.close();
      await drifting.close();
      await watch?.close();
      await alarming.close();
      await serving.close();
      await store.close();
    },
  };
}

function showCurrent({ current }: Generations<ServingGeneration>) {
  const { generation, origin, publishedAtMs = origin.builtAtMs } = current;
  return { id: generation.id, publishedAtMs };
}

/** Notes what is shown, with the predicted clicks, for the events of the exposures. */
function noteSlate(run: Run): void {
  for (let p = 0; p < run.slateCount; p++) run.record.slate[p] = run.slateItems[p];
  predictClicks(run);
}
