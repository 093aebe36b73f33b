import { z } from 'zod';
import { SightlineError } from '../domain/errors.ts';
import type { VectorTable } from '../math/kernels/vector-table.ts';
import { filters } from '../pipeline/algorithms/filters.ts';
import { mmr } from '../pipeline/algorithms/mmr.ts';
import { queryRetriever, queryScorer } from '../pipeline/algorithms/query-match.ts';
import { scoreOrder } from '../pipeline/algorithms/score-order.ts';
import type { AlgorithmParts } from '../pipeline/catalogue.ts';
import { nameSchema } from '../pipeline/work-schema.ts';
import { definePlugin } from './plugin.ts';

const mmrOptions = z.strictObject({
  diversity: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('0 keeps the order of the scores, 1 looks at diversity alone'),
  vectors: nameSchema
    .default('item2vec')
    .describe('Model whose vectors say how alike two items are'),
  pool: z.int().min(1).max(2000).default(64).describe('Candidates looked at, best first'),
});

/** What every gateway has: the first plugin, through the same door as all others. */
export const builtIn = definePlugin({
  name: 'sightline',
  retrievers: {
    query: {
      summary: 'items of the categories and attribute values that the intent names',
      create: (_, { index }) => queryRetriever(index),
    },
  },
  scorers: {
    query: {
      summary: 'the share of the wanted attribute values that an item has',
      create: () => queryScorer,
    },
  },
  rerankers: {
    mmr: {
      summary: 'maximal marginal relevance',
      options: mmrOptions,
      models: ({ vectors }: z.output<typeof mmrOptions>) => [vectors],
      create: ({ vectors, ...options }: z.output<typeof mmrOptions>, { models }) =>
        mmr({ ...options, vectors: vectorsOf(vectors, models) }),
    },
    score: { summary: 'the order of the scores', create: () => scoreOrder },
  },
  filters: {
    hidden: { summary: 'removes hidden and deleted items', create: () => filters.hidden },
    expired: { summary: 'removes items whose time is over', create: () => filters.expired },
    seen: {
      summary: 'removes what the session has seen and the item that the page shows',
      create: () => filters.seen,
    },
    excluded: { summary: 'removes what the caller excludes', create: () => filters.excluded },
    category: {
      summary: 'keeps items of the catalogue and categories that are asked for',
      create: () => filters.category,
    },
  },
});

function vectorsOf(name: string, models: AlgorithmParts['models']): VectorTable | Error {
  const slot = models.get(name);
  if (slot === undefined)
    return new SightlineError('SL_MODEL_UNAVAILABLE', `model ${name} is not trained`);
  if ('unavailable' in slot) return slot.unavailable;
  return (
    slot.model.vectors ??
    new SightlineError('SL_MODEL_UNAVAILABLE', `model ${name} has no vectors, expected item2vec`)
  );
}
