import { z } from 'zod';
import { maxBprNegatives } from '../../math/kernels/crew/kernel-calls.ts';
import { matchItems } from '../item-codes.ts';
import type { ModelKind, ModelQuery } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { userItems } from '../user-items.ts';
import { bprBytes, trainBpr } from './bpr-training.ts';
import { createFactorModel } from './factor-model.ts';
import { createMeanFoldIn, meanScale } from './mean-fold-in.ts';
import { readVectors, saneVectors } from './vector-payload.ts';

const schema = z.strictObject({
  dimensions: z
    .int()
    .min(8)
    .max(1024)
    .multipleOf(8)
    .default(64)
    .describe('Numbers in the vector of an item'),
  epochs: z.int().min(1).max(1000).default(40).describe('Passes over the data'),
  learningRate: z
    .number()
    .positive()
    .max(10)
    .default(0.2)
    .describe('At the start; it falls to a hundredth in a straight line'),
  regularisation: z
    .number()
    .min(0)
    .max(1)
    .default(0.03)
    .describe('Share of itself that a vector loses with each step, times the rate'),
  negatives: z
    .int()
    .min(1)
    .max(maxBprNegatives)
    .optional()
    .describe(
      'Items drawn for each entry; the one that scores most is learnt from. 1 is BPR as published; absent is one for each 400 items, from 4 to 63',
    ),
  alpha: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe('Items are drawn in proportion to (users that have them)^alpha'),
  seed: z.int().default(1).describe('Decides every random draw'),
});

type BprOptions = z.output<typeof schema>;

/**
 * Matrix factorisation by Bayesian personalised ranking (Rendle et al. 2009), with the hardest of a few negatives (dynamic
 * negative sampling, Zhang et al. 2013). A user that the fit saw has a vector; anybody else gets the scaled mean of the
 * items of the query. Products are log-likelihoods up to a constant, exactly so where one negative is drawn, and all
 * items alike. Fit: see `trainBpr`; a query is one scan.
 */
export const bpr: ModelKind<BprOptions> = {
  kind: 'bpr',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('bpr', schema),
  searchSpace: {
    learningRate: { scale: 'log', min: 0.02, max: 0.5 },
    regularisation: { scale: 'log', min: 1e-3, max: 0.1 },
    negatives: { scale: 'log', min: 1, max: maxBprNegatives, int: true },
    alpha: { scale: 'linear', min: 0, max: 1 },
  },
  memoryBytes({ codes, items, users = [], offsets }, { dimensions }) {
    const rows = users.length + offsets.length;
    return bprBytes({ codes, columns: items.length, rows }, dimensions) * 2;
  },
  fit(interactions, options, progress) {
    const { dimensions, epochs } = options;
    const matrix = userItems(interactions);
    const trained = trainBpr(matrix, {
      ...options,
      negatives: options.negatives ?? negativesFor(interactions.items.length),
      progress: (epoch) => progress(epoch / epochs, `epoch ${epoch + 1} of ${epochs}`),
    });
    progress(1, `${epochs} epochs`);
    const { users, items } = trained;
    const names = matrix.users.filter((id) => id !== undefined);
    const known = users.subarray(0, names.length * dimensions);
    return new PayloadWriter()
      .json(interactions.items)
      .json(names)
      .json(dimensions)
      .array(saneVectors(items, advice))
      .array(saneVectors(known, advice))
      .array(saneVectors(Float32Array.of(meanScale(matrix, trained, dimensions)), advice))
      .bytes();
  },
  load(payload, stamp, table) {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const names = reader.ids('users');
    const dimensions = reader.json('dimensions', schema.shape.dimensions);
    const vectors = readVectors(reader, 'item vectors', { length: ids.length * dimensions });
    const users = readVectors(reader, 'user vectors', { length: names.length * dimensions });
    const [scale] = readVectors(reader, 'scale', { length: 1 });
    reader.end();
    const items = matchItems(ids, table);
    const rowOf = new Map(names.map((id, row) => [id, row]));
    const foldIn = createMeanFoldIn({ vectors, scale }, items);
    const setUser = (query: ModelQuery, user: Float32Array): boolean => {
      const row = query.user === undefined ? undefined : rowOf.get(query.user);
      if (row === undefined) return foldIn(query, user);
      user.set(users.subarray(row * dimensions, (row + 1) * dimensions));
      return true;
    };
    return createFactorModel({ dimensions, vectors, link: 'log', setUser }, items, stamp);
  },
};

const advice = 'lower learningRate';

/** The more items there are, the more of them must be drawn to find one that is hard. */
function negativesFor(items: number): number {
  return Math.min(maxBprNegatives, Math.max(4, Math.round(items / 400)));
}
