import { type Changes, createChanges } from './changes/changes.ts';
import { gatherIngredients, type ServingSettings, servingSettings } from './changes/ingredients.ts';
import type { Config } from './config.ts';
import type { Clock } from './domain/clock.ts';
import { SightlineError } from './domain/errors.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import { createExperiments, type Experiments } from './experiments/experiments.ts';
import type { ModelSlot } from './models/model.ts';
import { createPopularWorks } from './pipeline/admission/popular-works.ts';
import type { ShedReason } from './pipeline/admission/shed.ts';
import type { Faults } from './pipeline/faults.ts';
import { createBuilder } from './pipeline/generations/build-generation.ts';
import type { Generation } from './pipeline/generations/generation.ts';
import { createGenerations, type Generations } from './pipeline/generations/generations.ts';
import { createRequestSample } from './pipeline/generations/request-sample.ts';
import { warmUp } from './pipeline/generations/warm-up.ts';
import { createPipeline, type Pipeline } from './pipeline/pipeline.ts';
import type { Run } from './pipeline/run.ts';
import type { Work } from './pipeline/work.ts';
import { ItemTable } from './stores/item-table.ts';
import { rebuildSessions } from './stores/rebuild.ts';
import { SessionTable } from './stores/session-table.ts';
import type { Store } from './stores/store.ts';
import { createTableShelf, type TableShelf } from './stores/tables/table-shelf.ts';
import type { Emit } from './telemetry/facts.ts';
import type { RequestRecord } from './telemetry/request-record.ts';

/** One request on its way. */
export interface Asked {
  readonly work: string;
  readonly request: RecommendRequest;
  readonly record: RequestRecord;
}

/** The part of a gateway that answers: no feedback, no signals, no listener. */
export interface Serving {
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly tables: TableShelf;
  readonly experiments: Experiments;
  readonly generations: Generations<ServingSettings>;
  readonly changes: Changes;
  readonly pipeline: Pipeline;
  /**
   * Answers in the generation that is current now; with a `reason`, only the last rung of the ladder does. Throws
   * `SL_WORK_UNKNOWN`.
   */
  answer<T>(asked: Asked, use: (run: Run, work: Work) => T, reason?: ShedReason): T | Promise<T>;
  close(): Promise<void>;
}

/** What serving is opened with. */
export interface ServingOptions {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly faults?: Faults | undefined;
  /** Loads or makes the models of the first generation, once items and sessions are there. */
  readonly prepareModels: (table: ItemTable) => Promise<ReadonlyMap<string, ModelSlot>>;
  /** Told of the feedback that sessions are rebuilt from. */
  readonly see?: Parameters<typeof rebuildSessions>[1]['see'];
  /** Told of each generation but the first that becomes current. */
  readonly onPublished?: ((generation: Generation<ServingSettings>) => void) | undefined;
}

/** Loads items, sessions, tables and models, and builds, warms and publishes the first generation. */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const { config, store, clock, emit, faults, see, onPublished } = options;
  const table = new ItemTable();
  const sessions = new SessionTable(config.sessions);
  await rebuildSessions(store, { table, sessions, see });
  const models = await options.prepareModels(table);
  const tables = createTableShelf({ clock, emit });
  const ingredients = await gatherIngredients(servingSettings(config), models, { tables });
  const build = createBuilder({ store, table, clock, faults });
  const generation = build(ingredients);
  const origin = { trigger: 'start', builtAtMs: clock.now(), comparison: undefined } as const;
  const pipeline = createPipeline({ table, sessions, clock, faults });
  await warmUp(generation.works.values(), { pipeline, table, sessions, clock });
  const generations = createGenerations(
    { generation, origin: { ...origin, heldBack: [] } },
    { options: config.generations, clock, emit, onPublished },
  );
  const sample = createRequestSample(config.generations.sampleSize);
  const sources = { modelFolder: config.modelFolder, itemTable: table, tables, emit };
  const shared = { generations, build, sources, options: config.generations };
  const changes = createChanges({ ...shared, pipeline, sample, clock, emit });
  const experiments = createExperiments(config.experiments, { clock });
  const [firstLabel = '', secondLabel = ''] = config.anomaly.labels;
  const popularWork = createPopularWorks();
  return {
    table,
    sessions,
    tables,
    experiments,
    generations,
    changes,
    pipeline,
    answer({ work: name, request, record }, use, reason) {
      const live = generations.current;
      const assigned = experiments.assign(name, request.user ?? request.session);
      const chosen = live.generation.works.get(assigned?.work ?? name);
      if (chosen === undefined)
        throw new SightlineError('SL_WORK_UNKNOWN', `work ${name} is not configured`);
      const work = reason === undefined ? chosen : popularWork(chosen);
      sample.note(chosen.name, request);
      record.layout = work.layout;
      record.generation = live.generation.id;
      record.variant = assigned?.label ?? '';
      record.firstLabel = request.labels?.[firstLabel] ?? '';
      record.secondLabel = request.labels?.[secondLabel] ?? '';
      if (reason !== undefined) noteShed(record, reason);
      return live.hold(() => pipeline.run({ work, request, record }, (run) => use(run, work)));
    },
    async close() {
      await generations.close();
      await tables.close();
    },
  };
}

/** Notes why only the last rung of the ladder serves. */
function noteShed(record: RequestRecord, reason: ShedReason): void {
  record.degrade({
    stage: 'retrieve',
    component: 'admission',
    reason,
    action: 'fallback_pipeline',
    changedSlate: true,
  });
}
