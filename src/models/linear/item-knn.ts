import { z } from 'zod';
import type { SparseMatrix } from '../../math/sparse.ts';
import type { ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { userItems } from '../user-items.ts';
import { rowsMemoryBytes } from './linear-crew.ts';
import { historySchema, learningSchema, loadLinear, writeLinear } from './linear-model.ts';
import { linkItems } from './link-items.ts';

const schema = z.strictObject({
  weighting: z
    .enum(['none', 'tf-idf', 'user-idf'])
    .default('none')
    .describe(
      '`tf-idf`: an item of a user counts by how few users have it; `user-idf`: a user counts by how few items they have',
    ),
  asymmetry: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      '.5 is the cosine; above, rare items of a user count more, and below, rare items are recommended more',
    ),
  shrink: z
    .number()
    .min(0)
    .max(10_000)
    .default(10)
    .describe(
      'Added to the product of lengths under a cosine: holds back items that share few users',
    ),
  keep: z
    .int()
    .min(1)
    .max(10_000)
    .default(200)
    .describe('Items kept for each item')
    .describe('Neighbours kept of each item'),
  ...learningSchema,
  ...historySchema,
});

type ItemKnnOptions = z.output<typeof schema>;

/**
 * Item nearest neighbours (Sarwar et al. 2001; asymmetric cosine, Aiolli 2013): Σ_u r_ui · r_uj over
 * |i|^(2 asymmetry) · |j|^(2 - 2 asymmetry) + shrink; a score is the sum of those of what the user had. Fit
 * O(Σ entries of a user²), see `linkItems`.
 */
export const itemKnn: ModelKind<ItemKnnOptions> = {
  kind: 'item-knn',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('item-knn', schema),
  searchSpace: {
    weighting: { choices: ['none', 'tf-idf', 'user-idf'] },
    asymmetry: { scale: 'linear', min: 0, max: 1 },
    shrink: { scale: 'log', min: 0.1, max: 1000 },
    keep: { scale: 'log', min: 20, max: 1000, int: true },
    sessionDecay: { scale: 'log', min: 0.2, max: 1 },
  },
  memoryBytes: rowsMemoryBytes,
  fit(interactions, options, progress, { threads } = { threads: 1 }) {
    const { weighting, asymmetry, shrink, keep } = options;
    const plain = userItems(interactions, options);
    const matrix = weightings[weighting](plain);
    const [fromExponent, toExponent] = [asymmetry, 1 - asymmetry];
    const rules = {
      userExponent: 0,
      fromExponent,
      toExponent,
      shrink,
      keep,
      norm: 'squares',
    } as const;
    const rows = linkItems('item-knn', matrix, rules, threads);
    progress(1, `${rows.codes.length} links`);
    return writeLinear(interactions.items, rows, options);
  },
  load: loadLinear,
};

const weightings = {
  none: (matrix: SparseMatrix) => matrix,
  'tf-idf': inverseFrequency,
  'user-idf': inverseActivity,
};

/** Weights times the root of log(1 + items / items of the user), so that a user counts by that logarithm in a product. */
function inverseActivity(matrix: SparseMatrix): SparseMatrix {
  const { rows, columns, offsets } = matrix;
  const values = matrix.values.slice();
  for (let row = 0; row < rows; row++) {
    const factor = Math.sqrt(Math.log1p(columns / (offsets[row + 1] - offsets[row])));
    for (let at = offsets[row]; at < offsets[row + 1]; at++) values[at] *= factor;
  }
  return { ...matrix, values };
}

/** Weights times log(1 + users / users of the item). */
function inverseFrequency(matrix: SparseMatrix): SparseMatrix {
  const users = new Uint32Array(matrix.columns);
  for (const code of matrix.codes) users[code] += 1;
  const factor = (code: number) => Math.log1p(matrix.rows / users[code]);
  return { ...matrix, values: matrix.values.map((value, at) => value * factor(matrix.codes[at])) };
}
