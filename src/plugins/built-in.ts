import { z } from 'zod';
import { SightlineError } from '../domain/errors.ts';
import type { VectorTable } from '../math/kernels/vector-table.ts';
import { featureFilter } from '../pipeline/algorithms/feature-filter.ts';
import { featureScorer } from '../pipeline/algorithms/feature-scorer.ts';
import { filters } from '../pipeline/algorithms/filters.ts';
import { mmr } from '../pipeline/algorithms/mmr.ts';
import { queryRetriever, queryScorer } from '../pipeline/algorithms/query-match.ts';
import { recentRetriever, replacement } from '../pipeline/algorithms/replacement.ts';
import { scoreOrder } from '../pipeline/algorithms/score-order.ts';
import { listFilter, tableScorer } from '../pipeline/algorithms/table-algorithms.ts';
import type { AlgorithmParts } from '../pipeline/catalogue.ts';
import { nameSchema } from '../pipeline/work-schema.ts';
import {
  featureFilterOptions,
  featureScorerOptions,
  listFilterOptions,
  replacementOptions,
  tableScorerOptions,
} from './built-in-options.ts';
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
    recent: {
      summary: 'the items of the session so far, the latest first',
      create: () => recentRetriever,
    },
  },
  scorers: {
    query: {
      summary: 'the share of the wanted attribute values that an item has',
      create: () => queryScorer,
    },
    feature: {
      summary: 'a number that a feature store keeps of each candidate',
      options: featureScorerOptions,
      features: ({ feature }: z.output<typeof featureScorerOptions>) => [feature],
      create: (options: z.output<typeof featureScorerOptions>) => featureScorer(options),
    },
    table: {
      summary: 'the number that a global table holds of each item',
      options: tableScorerOptions,
      tables: ({ table }: z.output<typeof tableScorerOptions>) => [table],
      create: ({ table, ...options }: z.output<typeof tableScorerOptions>, { tables }) =>
        tableScorer(tables.get(table)!, options),
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
  stages: {
    replacement: {
      summary: 'lets what the user knows come again, behind what is new',
      options: replacementOptions,
      create: (options: z.output<typeof replacementOptions>) => replacement(options),
    },
  },
  filters: {
    hidden: { summary: 'removes hidden and deleted items', create: () => filters.hidden },
    expired: { summary: 'removes items whose time is over', create: () => filters.expired },
    seen: {
      summary:
        'removes what the session has seen, the item that the page shows, and the `history` of the user',
      create: () => filters.seen,
    },
    excluded: { summary: 'removes what the caller excludes', create: () => filters.excluded },
    category: {
      summary: 'keeps items of the catalogue and categories that are asked for',
      create: () => filters.category,
    },
    feature: {
      summary: 'keeps items by a value that a feature store keeps of them',
      options: featureFilterOptions,
      features: ({ feature }: z.output<typeof featureFilterOptions>) => [feature],
      create: (options: z.output<typeof featureFilterOptions>) =>
        featureFilter({ ...options, onFailed: options.onFailed ?? options.onMissing }),
    },
    'allow-list': listFilterOf('listed', 'keeps items that a global table lists'),
    'block-list': listFilterOf('unlisted', 'removes items that a global table lists'),
  },
});

function listFilterOf(wanted: 'listed' | 'unlisted', summary: string) {
  return {
    summary,
    options: listFilterOptions,
    tables: ({ table }: z.output<typeof listFilterOptions>) => [table],
    create: ({ table }: z.output<typeof listFilterOptions>, { tables }: AlgorithmParts) =>
      listFilter(tables.get(table)!, wanted),
  };
}

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
