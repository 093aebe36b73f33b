import type { Config } from '../../config.ts';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import { createExperiments, type Experiments } from '../../experiments/experiments.ts';
import type { Answer } from '../../gateway.ts';
import type { ModelSlot } from '../../models/model.ts';
import { openRegistry } from '../../models/registry.ts';
import type { Generation } from '../../pipeline/generation.ts';
import { createGenerations } from '../../pipeline/generations.ts';
import { createPipeline, type Pipeline } from '../../pipeline/pipeline.ts';
import type { Run } from '../../pipeline/run.ts';
import { unitePlugins } from '../../plugins/unite-plugins.ts';
import { ItemTable } from '../../stores/item-table.ts';
import { measured } from '../../stores/measured.ts';
import { rebuildSessions } from '../../stores/rebuild.ts';
import { SessionTable } from '../../stores/session-table.ts';
import type { Store } from '../../stores/store.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { prepareModels } from '../../training/prepare-models.ts';
import { openData } from './prepare-data.ts';

/** The part of a gateway that answers: no feedback, no signals, no listener, nothing that writes. */
export interface Recommender {
  readonly table: ItemTable;
  /** As `Gateway.recommend`. */
  recommend<T>(
    work: string,
    asked: { readonly request: RecommendRequest; readonly record: RequestRecord },
    render: (answer: Answer) => T,
  ): T | Promise<T>;
  /** Models that are declared but not trained. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

/** What a recommender is opened with. */
export interface RecommenderOptions {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

/** Loads items, sessions and models, and builds the generation that a gateway would serve on them now. */
export async function openRecommender(options: RecommenderOptions): Promise<Recommender> {
  const { config, telemetry, clock } = options;
  const store = measured(await openData(config, clock), telemetry.emit, clock);
  try {
    return await furnish(store, options);
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

async function furnish(
  store: Store,
  { config, telemetry, clock }: RecommenderOptions,
): Promise<Recommender> {
  const { emit } = telemetry;
  const table = new ItemTable();
  const sessions = new SessionTable(config.sessions);
  await rebuildSessions(store, { table, sessions });
  const { modelFolder: folder } = config;
  const { trained, missing } = splitModels(config);
  const onProgress = () => {};
  const ground = { store, table, clock, emit };
  const models = await prepareModels({ ...ground, folder, models: trained, onProgress });
  const { works, segments, models: declared } = config;
  const shared = { catalogue: unitePlugins([]), tables: new Map(), works, segments, declared };
  const slots = new Map([...models, ...missing.map(notTrained)]);
  const generation = createGenerations({ ...ground, ...shared }, slots).current;
  const pipeline = createPipeline({ table, sessions, clock });
  const experiments = createExperiments(config.experiments, { clock });
  const recommend = recommendWith({ config, generation, pipeline, experiments });
  return { table, recommend, missing, close: () => store.close() };
}

function notTrained(name: string): readonly [string, ModelSlot] {
  const message = `model ${name} is not trained`;
  return [name, { unavailable: new SightlineError('SL_MODEL_UNAVAILABLE', message) }];
}

/** Only what is trained is loaded: preparing the rest would train it, once for each worker. */
function splitModels({ modelFolder, models }: Config) {
  const registry = openRegistry({ folder: modelFolder });
  const isTrained = (name: string) => registry.versions(name).length > 0;
  const trained = Object.entries(models).filter(([name]) => isTrained(name));
  const missing = Object.keys(models).filter((name) => !isTrained(name));
  return { trained: Object.fromEntries(trained), missing };
}

function recommendWith({
  config,
  generation,
  pipeline,
  experiments,
}: {
  readonly config: Config;
  readonly generation: Generation;
  readonly pipeline: Pipeline;
  readonly experiments: Experiments;
}): Recommender['recommend'] {
  const [firstLabel = '', secondLabel = ''] = config.anomaly.labels;
  return (name, { request, record }, render) => {
    const assigned = experiments.assign(name, request.user ?? request.session);
    const work = generation.works.get(assigned?.work ?? name)!;
    record.layout = work.layout;
    record.generation = generation.id;
    record.variant = assigned?.label ?? '';
    record.firstLabel = request.labels?.[firstLabel] ?? '';
    record.secondLabel = request.labels?.[secondLabel] ?? '';
    return pipeline.run({ work, request, record }, (run) => render(answerOf(run, work.scorers)));
  };
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
