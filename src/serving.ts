import { type Changes, createChanges } from './changes/changes.ts';
import {
  gatherIngredients,
  type IngredientSources,
  type ServingGeneration,
  type ServingIngredients,
  servingSettings,
} from './changes/ingredients.ts';
import type { Config } from './config.ts';
import type { Assignment } from './domain/assignment.ts';
import type { Clock } from './domain/clock.ts';
import { SightlineError } from './domain/errors.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import { noteAssignment } from './experiments/note-assignment.ts';
import type { ModelSlot } from './models/model.ts';
import { vectorColumnsOf } from './models/vector-columns.ts';
import { createPopularWorks } from './pipeline/admission/popular-works.ts';
import type { ShedReason } from './pipeline/admission/shed.ts';
import type { Faults } from './pipeline/faults.ts';
import { createBuilder } from './pipeline/generations/build-generation.ts';
import { createGenerations, type Generations } from './pipeline/generations/generations.ts';
import { createRequestSample, type RequestSample } from './pipeline/generations/request-sample.ts';
import { warmUp } from './pipeline/generations/warm-up.ts';
import { createPipeline, type Pipeline } from './pipeline/pipeline.ts';
import type { Run } from './pipeline/run.ts';
import type { Work } from './pipeline/work.ts';
import { createPluginShelf } from './plugins/plugin-shelf.ts';
import { ItemTable } from './stores/item-table.ts';
import { type RebuildTargets, rebuildSessions } from './stores/rebuild.ts';
import { SessionTable } from './stores/session-table.ts';
import type { Store } from './stores/store.ts';
import { createTableShelf, type TableShelf } from './stores/tables/table-shelf.ts';
import { runInTrace } from './telemetry/context.ts';
import type { Emit } from './telemetry/facts.ts';
import type { RequestRecord } from './telemetry/request-record.ts';
import { createFeedbackKinds } from './training/dataset/feedback-kinds.ts';

/** One request on its way. */
export interface Asked {
  readonly work: string;
  readonly request: RecommendRequest;
  readonly record: RequestRecord;
}

/** Reads a finished run, which is pooled again afterwards. */
export type Use<T> = (run: Run, work: Work) => T;

/** Decides when a request is served, and whether in full. */
export type Admit<T> = (serve: (reason?: ShedReason) => T | Promise<T>) => T | Promise<T>;

/** The part of a gateway that answers: no feedback, no signals, no listener. */
export interface Serving {
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly tables: TableShelf;
  readonly generations: Generations<ServingGeneration>;
  readonly changes: Changes;
  readonly pipeline: Pipeline;
  /**
   * Answers in the generation that is current now, when `admit` lets the request pass; where `admit` gives a reason,
   * only the last rung of the ladder answers. Throws `SL_WORK_UNKNOWN`.
   */
  answer<T>(asked: Asked, use: Use<T>, admit?: Admit<T>): T | Promise<T>;
  close(): Promise<void>;
}

/** What serving is opened with. */
export interface ServingOptions {
  readonly config: Config;
  /** The folder that the paths of plugins begin at. */
  readonly folder: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Where global tables come from; a shelf of its own where this is left out. */
  readonly tables?: TableShelf | undefined;
  /** Holds the secrets that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly faults?: Faults | undefined;
  /** Loads or makes the models of the first generation, once items and sessions are there. */
  readonly prepareModels: (table: ItemTable) => Promise<ReadonlyMap<string, ModelSlot>>;
  /** Told of the feedback that sessions are rebuilt from. */
  readonly see?: RebuildTargets['see'];
  /** Told of feedback of later than `untilMs`, which sessions are not rebuilt from. */
  readonly later?: RebuildTargets['later'];
  /** Epoch milliseconds; all feedback counts where it is left out. */
  readonly untilMs?: RebuildTargets['untilMs'];
  /** Told of each generation but the first that becomes current. */
  readonly onPublished?: ((generation: ServingGeneration) => void) | undefined;
}

/** Loads items, sessions, tables and models, and builds, warms and publishes the first generation. */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const { config, folder, store, clock, emit, see, later, untilMs, environment } = options;
  const table = new ItemTable({ vectorColumns: vectorColumnsOf(config.models) });
  const sessions = new SessionTable(config.sessions);
  await rebuildSessions(store, { table, sessions, see, later, untilMs });
  const tables = options.tables ?? createTableShelf({ clock, emit });
  const { modelFolder, signals } = config;
  const { joinSeconds } = signals.requests;
  const plugins = createPluginShelf({ folder, clock, emit });
  const found = { modelFolder, itemTable: table, tables, plugins };
  const sources = { ...found, clock, emit, joinSeconds, environment };
  const ingredients = await gatherIngredients(servingSettings(config), sources, () =>
    options.prepareModels(table),
  );
  try {
    return await serveFrom(ingredients, { ...options, table, sessions, sources });
  } catch (cause) {
    await ingredients.release();
    throw cause;
  }
}

interface Ground extends ServingOptions {
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly sources: IngredientSources;
}

async function serveFrom(ingredients: ServingIngredients, ground: Ground): Promise<Serving> {
  const { config, store, clock, emit, faults, onPublished, table, sessions, sources } = ground;
  const { tables } = sources;
  const history = {
    kindOf: createFeedbackKinds(config.training.data),
    aheadMs: (config.gorse?.clockErrorSeconds ?? 0) * 1000,
  };
  const build = createBuilder({ store, table, clock, emit, history, faults });
  const generation = build(ingredients);
  const origin = { trigger: 'start', builtAtMs: clock.now(), comparison: undefined } as const;
  const pipeline = createPipeline({ table, sessions, clock, faults });
  await warmUp(generation.works.values(), { pipeline, table, sessions, clock });
  const generations = createGenerations(
    { generation, origin: { ...origin, heldBack: [] } },
    { options: config.generations, clock, emit, onPublished },
  );
  const sample = createRequestSample(config.generations.sampleSize);
  const shared = { generations, build, sources, options: config.generations };
  const changes = createChanges({ ...shared, pipeline, sample, clock, emit });
  const answerIn = createAnswering({ labels: config.anomaly.labels, sample, pipeline, emit });
  return {
    table,
    sessions,
    tables,
    generations,
    changes,
    pipeline,
    answer(asked, use, admit = (serve) => serve()) {
      const live = generations.current;
      return live.hold(() => answerIn(live.generation, asked, { use, admit }));
    },
    async close() {
      await generations.close();
      await tables.close();
    },
  };
}

/** What answers are made with. */
interface AnsweringParts {
  /** Names of the labels of a request that its record keeps. */
  readonly labels: readonly string[];
  readonly sample: RequestSample;
  readonly pipeline: Pipeline;
  readonly emit: Emit;
}

function createAnswering({ labels, sample, pipeline, emit }: AnsweringParts) {
  const [firstLabel = '', secondLabel = ''] = labels;
  const popularWork = createPopularWorks();
  return <T>(
    generation: ServingGeneration,
    asked: Asked,
    { use, admit }: { readonly use: Use<T>; readonly admit: Admit<T> },
  ): T | Promise<T> => {
    const { work: name, request, record } = asked;
    const serveAs = (assignment: Assignment | undefined) => {
      const chosen = generation.works.get(assignment?.work ?? name);
      if (chosen === undefined)
        throw new SightlineError('SL_WORK_UNKNOWN', `work ${name} is not configured`);
      sample.note(chosen.name, request);
      record.layout = chosen.layout;
      record.generation = generation.id;
      record.firstLabel = request.labels?.[firstLabel] ?? '';
      record.secondLabel = request.labels?.[secondLabel] ?? '';
      noteAssignment(record, { assignment, request }, emit);
      return admit((reason) => {
        const work = reason === undefined ? chosen : popularWork(chosen);
        if (reason !== undefined) noteShed(record, work, reason);
        return pipeline.run({ work, request, record }, (run) => use(run, work));
      });
    };
    const assigned = assign(generation, asked);
    return assigned instanceof Promise ? assigned.then(serveAs) : serveAs(assigned);
  };
}

function assign({ experiments, settings }: ServingGeneration, { work, request, record }: Asked) {
  // A provider of somebody else may call out, and its calls carry the trace on.
  return settings.flags.provider === 'module'
    ? runInTrace(record, () => experiments.assign(work, request))
    : experiments.assign(work, request);
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
