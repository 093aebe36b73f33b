import type { Clock } from '../../domain/clock.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Store } from '../../stores/store.ts';
import type { Emit } from '../../telemetry/facts.ts';
import { QueryIndex } from '../algorithms/query-index.ts';
import type { HistoryOptions } from '../algorithms/user-history.ts';
import { assembleWork } from '../assemble.ts';
import { assertWorks } from '../cross-check-works.ts';
import type { Faults } from '../faults.ts';
import { type Generation, generationId, type Ingredients } from './generation.ts';
import { createPopularity } from './popularity.ts';

/** What all generations of a process stand on. */
export interface GenerationGround {
  readonly store: Store;
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly emit: Emit;
  /** How the history of users is read. */
  readonly history: HistoryOptions;
  /** What may be broken on purpose; undefined where nothing may. */
  readonly faults?: Faults | undefined;
}

/** Builds generations on one ground. */
export type BuildGeneration = <Made extends Ingredients>(ingredients: Made) => Made & Generation;

/**
 * Makes what builds generations. Building throws `SL_CONFIG_INVALID` for works that cannot run, and whatever the
 * algorithms of plugins throw.
 *
 * @example createBuilder(ground)(ingredients).works.get('home')
 */
export function createBuilder(ground: GenerationGround): BuildGeneration {
  const { store, table, clock, emit, history, faults } = ground;
  const index = new QueryIndex(table);
  const popularityOf = createPopularity(table, clock);
  return (ingredients) => {
    const { settings, catalogue, models, tables } = ingredients;
    const features = { stores: ingredients.features, emit, wave: ingredients.featureWave };
    assertWorks(settings.works, {
      catalogue,
      models: Object.keys(settings.models),
      tables: [...tables.keys()],
    });
    const segments = new Set(settings.segments);
    const popular = [...models.values()]
      .flatMap((slot) => ('model' in slot ? [slot.model] : []))
      .find(({ kind }) => kind === 'popular');
    const popularity = popularityOf(popular);
    const shared = { store, catalogue, tables, features, segments, index, history, faults };
    const parts = { ...shared, models, popularity };
    const works = Object.entries(settings.works).map(
      ([name, work]) => [name, assembleWork(name, work, parts)] as const,
    );
    return { ...ingredients, id: generationId(ingredients), works: new Map(works) };
  };
}
