import type { Clock } from '../domain/clock.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Store } from '../stores/store.ts';
import type { GlobalTable } from '../stores/tables/global-table.ts';
import type { Emit } from '../telemetry/facts.ts';
import { QueryIndex } from './algorithms/query-index.ts';
import { assembleWork } from './assemble.ts';
import type { Catalogue } from './catalogue.ts';
import type { Faults } from './faults.ts';
import { followTable, type Generation, generationId, popularityList } from './generation.ts';
import type { WorkOptions } from './work-schema.ts';

/** What all generations of a process are built on. */
export interface GenerationGround {
  readonly store: Store;
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly catalogue: Catalogue;
  readonly tables: ReadonlyMap<string, GlobalTable>;
  readonly works: Readonly<Record<string, WorkOptions>>;
  readonly segments: readonly string[];
  /** What may be broken on purpose; undefined where nothing may. */
  readonly faults?: Faults | undefined;
  /** What else a generation's name depends on. */
  readonly declared: unknown;
}

/** The pointer to the generation that serves. */
export interface Generations {
  readonly current: Generation;
  /** Serves these models from the next request on; those that are not named stay as they are. */
  publish(models: Generation['models']): void;
}

/**
 * Builds the first generation around a set of models and points at it. Requests keep the generation that they began
 * with. Throws `SL_CONFIG_INVALID` for works that cannot run.
 *
 * @example createGenerations(ground, models).current.id // 'c0ffee1234'
 */
export function createGenerations(
  ground: GenerationGround,
  models: Generation['models'],
): Generations {
  const build = createBuilder(ground);
  const publish = (generation: Generation): Generation => {
    const { id, works, models: all } = generation;
    ground.emit('generation.published', { generation: id, works: works.size, models: all.size });
    return generation;
  };
  let current = publish(build(models));
  return {
    get current() {
      return current;
    },
    publish(replaced) {
      current = publish(build(new Map([...current.models, ...replaced])));
    },
  };
}

function createBuilder(ground: GenerationGround): (models: Generation['models']) => Generation {
  const { store, table, clock, catalogue, tables, faults } = ground;
  const segments = new Set(ground.segments);
  const index = new QueryIndex(table);
  return (models) => {
    const popular = [...models.values()]
      .flatMap((slot) => ('model' in slot ? [slot.model] : []))
      .find(({ kind }) => kind === 'popular');
    const popularity = followTable(table, clock, () => popularityList(table, popular, clock.now()));
    const parts = { store, catalogue, models, tables, segments, index, popularity, faults };
    const works = Object.entries(ground.works).map(
      ([name, work]) => [name, assembleWork(name, work, parts)] as const,
    );
    return {
      id: generationId([ground.works, ground.declared], models),
      publishedAtMs: clock.now(),
      works: new Map(works),
      models,
    };
  };
}
