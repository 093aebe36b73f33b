import { z } from 'zod';
import type { SparseMatrix } from '../../math/sparse.ts';
import { matchItems } from '../item-codes.ts';
import type { ModelKind } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { userItems } from '../user-items.ts';
import {
  alternatingLeastSquares,
  leastSquaresBytes,
  meanWeight,
  penaltyOf,
} from './alternating-least-squares.ts';
import { explainFactors } from './explain-factors.ts';
import { createFactorModel } from './factor-model.ts';
import { createUserFoldIn } from './fold-in-user.ts';
import { readVectors, saneVectors } from './vector-payload.ts';

const schema = z.strictObject({
  dimensions: z
    .int()
    .min(8)
    .max(1024)
    .multipleOf(8)
    .default(64)
    .describe('Numbers in the vector of an item'),
  unobserved: z
    .number()
    .min(0.01)
    .max(10_000)
    .default(12)
    .describe(
      'Weight of all places of the matrix as ones that are not wanted, over that of what users took up',
    ),
  regularisation: z
    .number()
    .min(1e-5)
    .max(100)
    .default(0.07)
    .describe('Ridge of a vector, for each unit that a mean one is learnt from'),
  exponent: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('1: the ridge grows with what a vector is learnt from; 0: it is the same for all'),
  epochs: z.int().min(1).max(200).default(8).describe('Passes over the data'),
  seed: z.int().default(1).describe('Decides every random draw'),
});

type IalsOptions = z.output<typeof schema>;

/**
 * Implicit alternating least squares (Hu, Koren & Volinsky 2008) as revisited by Rendle et al. 2021: vectors of users and
 * items whose product is 1 where a user took an item up, the more so the greater the weight, and 0 elsewhere, with a small
 * weight. A user of a query is solved for by the same least squares, so that anybody is served by what was done so
 * far. Fit: see `alternatingLeastSquares`; a query is one solution and one scan.
 */
export const ials: ModelKind<IalsOptions> = {
  kind: 'ials',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('ials', schema),
  searchSpace: {
    unobserved: { scale: 'log', min: 1, max: 200 },
    regularisation: { scale: 'log', min: 0.005, max: 1 },
  },
  memoryBytes(interactions, { dimensions }) {
    const { codes, items, users, offsets } = interactions;
    const rows = (users?.length ?? 0) + offsets.length;
    return leastSquaresBytes({ codes, columns: items.length, rows }, dimensions) * 2;
  },
  fit(interactions, options, progress, { threads } = { threads: 1 }) {
    const { items } = interactions;
    const { epochs } = options;
    const matrix = userItems(interactions);
    const { columns, diagonal } = alternatingLeastSquares(matrix, {
      ...options,
      threads,
      progress: (epoch) => progress(epoch / (epochs + 1), `epoch ${epoch} of ${epochs}`),
    });
    progress(1, `${epochs} epochs`);
    return new PayloadWriter()
      .json(items)
      .json({ ...options, ...describeRows(matrix) })
      .array(saneVectors(diagonal, advice))
      .array(saneVectors(columns, advice))
      .bytes();
  },
  load(payload, stamp, table) {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const { dimensions, userWeight, entryWeight, ...ridge } = reader.json('options', servedSchema);
    const diagonal = readVectors(reader, 'diagonal', { length: dimensions, min: 0 });
    const vectors = readVectors(reader, 'item vectors', { length: ids.length * dimensions });
    reader.end();
    const items = matchItems(ids, table);
    const penalty = (count: number) => penaltyOf(count * entryWeight, userWeight, ridge);
    const foldIn = createUserFoldIn(
      { dimensions, vectors, diagonal, confidence: entryWeight, penalty },
      items,
    );
    const { setUser } = foldIn;
    const explain = explainFactors(foldIn, ids, items);
    return createFactorModel(
      { dimensions, vectors, link: 'identity', setUser, explain },
      items,
      stamp,
    );
  },
};

const servedSchema = schema.extend({
  userWeight: z.number().min(0).max(1e9),
  entryWeight: z.number().min(0).max(1e9),
});

const advice = 'raise regularisation';

/** What a mean user weighs, and a mean item of a user: clicks of a query weigh that much. */
function describeRows(matrix: SparseMatrix): { userWeight: number; entryWeight: number } {
  const { values } = matrix;
  const total = values.reduce((sum, value) => sum + value, 0);
  return { userWeight: meanWeight(matrix), entryWeight: total / Math.max(1, values.length) };
}
