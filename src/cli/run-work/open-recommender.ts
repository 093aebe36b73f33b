import { type Answer, answerOf } from '../../answer.ts';
import type { Config } from '../../config.ts';
import type { Clock } from '../../domain/clock.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import { openRegistry, type Registry } from '../../models/registry.ts';
import { openServing } from '../../serving.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { measured } from '../../stores/measured.ts';
import type { TableShelf } from '../../stores/tables/table-shelf.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { loadModel, untrained } from '../../training/load-models.ts';
import { openData } from './prepare-data.ts';

/** The part of a gateway that answers, over data that is only read. */
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
  /** The folder of the configuration. */
  readonly folder: string;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Holds the secrets that the configuration names. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly tables: TableShelf;
}

/** Loads items, sessions and models, and builds the generation that a gateway would serve on them now. */
export async function openRecommender({
  config,
  folder,
  telemetry: { emit },
  clock,
  environment,
  tables,
}: RecommenderOptions): Promise<Recommender> {
  const store = measured(await openData(config, clock), emit, clock);
  const registry = openRegistry({ folder: config.modelFolder });
  const declared = Object.entries(config.models);
  const missing = await withoutVersion(declared, registry);
  try {
    const serving = await openServing({
      ...{ config, folder, store, clock, emit, environment, tables },
      // What is missing is left out: training it here would do so once for each worker.
      prepareModels: async (table) =>
        new Map(
          await Promise.all(
            declared.map(async ([name, { kind }]) => {
              const slot = missing.includes(name)
                ? { unavailable: untrained(name) }
                : await loadModel(name, kind, { registry, table, emit });
              return [name, slot] as const;
            }),
          ),
        ),
    });
    return {
      table: serving.table,
      missing,
      recommend: (work, asked, render) =>
        serving.answer({ work, ...asked }, (run, served) => render(answerOf(run, served))),
      async close() {
        await serving.close();
        await store.close();
      },
    };
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

/** Models that were never trained. */
async function withoutVersion(
  declared: readonly (readonly [name: string, model: unknown])[],
  registry: Registry,
): Promise<readonly string[]> {
  const kept = await Promise.all(declared.map(([name]) => registry.versions(name)));
  return declared.map(([name]) => name).filter((_, at) => kept[at].length === 0);
}
