import { z } from 'zod';
import type { ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { userItems } from '../user-items.ts';
import { rowsMemoryBytes } from './linear-crew.ts';
import { historySchema, learningSchema, loadLinear, writeLinear } from './linear-model.ts';
import { linkItems } from './link-items.ts';

const schema = z.strictObject({
  gamma: z
    .number()
    .min(0)
    .max(3)
    .default(0.75)
    .describe('A user of n items adds n^-gamma to each link'),
  beta: z
    .number()
    .min(0)
    .max(3)
    .default(0.7)
    .describe(
      'Exponent of the degree of the item that a link comes from: high counts rare items of a user more',
    ),
  delta: z
    .number()
    .min(0)
    .max(3)
    .default(0.3)
    .describe('Exponent of the degree of the item that a link goes to: high recommends rare items'),
  power: z
    .number()
    .min(0.1)
    .max(3)
    .default(1)
    .describe(
      'Power of each link: below 1 counts how many items of a user lead to one more than how strongly',
    ),
  keep: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('Items kept for each item')
    .describe('Links kept of each item'),
  ...learningSchema,
  ...historySchema,
});

type ItemGraphOptions = z.output<typeof schema>;

/**
 * Items linked by the users they share, normalised by degrees on both ends (LinkProp, Fu et al. 2022; with gamma 1,
 * beta 1 and delta b the RP3-beta of Paudel et al. 2017 without its power): a score is the sum of links from what the
 * user had. Fit O(Σ entries of a user²), see `linkItems`.
 */
export const itemGraph: ModelKind<ItemGraphOptions> = {
  kind: 'item-graph',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('item-graph', schema),
  searchSpace: {
    gamma: { scale: 'linear', min: 0, max: 1.5 },
    beta: { scale: 'linear', min: 0, max: 1.2 },
    delta: { scale: 'linear', min: 0, max: 1 },
    power: { scale: 'linear', min: 0.3, max: 1.2 },
    sessionDecay: { scale: 'log', min: 0.2, max: 1 },
  },
  memoryBytes: rowsMemoryBytes,
  fit(interactions, options, progress, { threads } = { threads: 1 }) {
    const { gamma, beta, delta, power, keep } = options;
    const rules = { userExponent: gamma, fromExponent: beta, toExponent: delta, power, keep };
    const rows = linkItems('item-graph', userItems(interactions, options), rules, threads);
    progress(1, `${rows.codes.length} links`);
    return writeLinear(interactions.items, rows, options);
  },
  load: loadLinear,
};
