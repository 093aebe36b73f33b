import type { Clock } from '../domain/clock.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Store } from '../stores/store.ts';
import { QueryIndex } from './algorithms/query-index.ts';
import { assembleWork } from './assemble.ts';
import { followTable, type Generation, generationId, popularityList } from './generation.ts';
import type { WorkOptions } from './work-schema.ts';

/** What all generations of a process are built on. */
export interface GenerationGround {
  readonly store: Store;
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly works: Readonly<Record<string, WorkOptions>>;
  readonly segments: readonly string[];
  /** What else a generation's name depends on. */
  readonly declared: unknown;
}

/**
 * Makes the builder of generations: each call assembles every work around a set of models. Throws `SL_CONFIG_INVALID` for
 * works that cannot run.
 *
 * @example createGenerationBuilder(ground)(models).id // 'c0ffee1234'
 */
export function createGenerationBuilder(
  ground: GenerationGround,
): (models: Generation['models']) => Generation {
  const { store, table, clock } = ground;
  const segments = new Set(ground.segments);
  const index = new QueryIndex(table);
  return (models) => {
    const popular = [...models.values()]
      .flatMap((slot) => ('model' in slot ? [slot.model] : []))
      .find(({ kind }) => kind === 'popular');
    const popularity = followTable(table, clock, () => popularityList(table, popular, clock.now()));
    const parts = { store, models, segments, index, popularity };
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
