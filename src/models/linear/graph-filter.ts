import { z } from 'zod';
import type { Interactions, ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { userItems } from '../user-items.ts';
import { filterBytes, filterRows, filterScratchBytes } from './filter-rows.ts';
import { withCrew } from './linear-crew.ts';
import { historySchema, learningSchema, loadLinear, writeLinear } from './linear-model.ts';

const schema = z.strictObject({
  rank: z
    .int()
    .min(1)
    .max(2048)
    .default(448)
    .describe('Dimensions of the low-pass filter; rounded up to a multiple of 16'),
  lowPass: z
    .number()
    .min(0)
    .max(100)
    .default(0.2)
    .describe('Weight of the low-pass filter beside the linear one'),
  sharpening: z
    .number()
    .min(0)
    .max(5)
    .default(2.5)
    .describe('Time for which the result is sharpened; 0 is not at all, which is GF-CF'),
  iterations: z
    .int()
    .min(1)
    .max(50)
    .default(4)
    .describe('Power iterations of the randomised decomposition'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Decides every random draw'),
  keep: z
    .int()
    .min(1)
    .max(10_000)
    .default(500)
    .describe('Items kept for each item')
    .describe('Weights kept of each item, those farthest from 0'),
  ...learningSchema,
  ...historySchema,
});

type GraphFilterOptions = z.output<typeof schema>;

/**
 * Graph filters on the normalised matrix of users and items: the linear filter and an ideal low-pass one (GF-CF, Shen et
 * al. 2021), then sharpened (BSPM, Choi et al. 2023). All of it is linear, so it becomes one matrix of items by items,
 * see `filterRows`, of which the greatest of each row are kept. Fit O(items² · rank).
 */
export const graphFilter: ModelKind<GraphFilterOptions> = {
  kind: 'graph-filter',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('graph-filter', schema),
  searchSpace: {
    rank: { scale: 'log', min: 32, max: 512, int: true },
    lowPass: { scale: 'log', min: 0.02, max: 2 },
    sharpening: { scale: 'linear', min: 0, max: 2.75 },
    sessionDecay: { scale: 'log', min: 0.2, max: 1 },
  },
  memoryBytes: ({ items, codes, ...sessions }, options) =>
    filterBytes({ users: usersOf(sessions), items: items.length, entries: codes.length }, options),
  fit(interactions, options, progress, { threads } = { threads: 1 }) {
    const matrix = userItems(interactions, options);
    const shape = { users: matrix.rows, items: matrix.columns, entries: matrix.codes.length };
    const rows = withCrew(
      {
        kind: 'graph-filter',
        bytes: filterBytes(shape, options),
        threads,
        scratchBytes: filterScratchBytes(options.keep),
        remedy: 'lower rank or keep, or use item-graph for so many items',
      },
      (crew) =>
        filterRows(crew, matrix, {
          ...options,
          progress: (done) => progress(0.99 * done, 'filter'),
        }),
    );
    progress(1, `${rows.codes.length} weights`);
    return writeLinear(interactions.items, rows, options);
  },
  load: loadLinear,
};

/** Users and sessions of nobody known, at the most. */
function usersOf({ offsets, users = [] }: Pick<Interactions, 'offsets' | 'users'>): number {
  return offsets.length + users.length;
}
