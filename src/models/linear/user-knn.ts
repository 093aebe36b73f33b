import { z } from 'zod';
import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { matchItems } from '../item-codes.ts';
import type { Model, ModelKind, ModelQuery, ModelStamp } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { createListedRetrieval } from '../retrieve-listed.ts';
import { userItems } from '../user-items.ts';
import { historySchema, learningSchema } from './linear-model.ts';
import { rowSums } from './link-items.ts';
import { createNeighbourhood } from './neighbourhood.ts';
import { createHistory } from './query-history.ts';
import { createRowSums } from './row-sums.ts';
import { createSimilarUsers } from './similar-users.ts';

const schema = z.strictObject({
  neighbours: z
    .int()
    .min(1)
    .max(2048)
    .default(100)
    .describe('Users alike whose items are recommended'),
  sharpness: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe('A neighbour counts by its cosine to this power'),
  shrink: z
    .number()
    .min(0)
    .max(1000)
    .default(5)
    .describe('Added to the product of lengths under a cosine: holds back those that share little'),
  work: z
    .int()
    .min(1000)
    .max(100_000_000)
    .default(200_000)
    .describe(
      'Entries of the matrix that a query may look at to find neighbours; items of fewer users come first',
    ),
  ...learningSchema,
  ...historySchema,
});

type UserKnnOptions = z.output<typeof schema>;

/** The options as a payload holds them: `users` says that ids of users follow. */
const writtenSchema = schema.extend({ users: z.boolean().default(false) });

/**
 * User nearest neighbours (Herlocker et al. 1999): a score is the sum of what the users of the greatest cosine had, each by its
 * cosine. Neighbours are found from what the query holds, so any user has some. Nothing is trained: the payload is the
 * matrix and the ids of users. A query is O(work + neighbours · items of a user).
 */
export const userKnn: ModelKind<UserKnnOptions> = {
  kind: 'user-knn',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('user-knn', schema),
  searchSpace: {
    neighbours: { scale: 'log', min: 20, max: 2000, int: true },
    sharpness: { scale: 'linear', min: 0, max: 4 },
    shrink: { scale: 'log', min: 0.1, max: 100 },
    sessionDecay: { scale: 'log', min: 0.2, max: 1 },
  },
  fit(interactions, options, progress) {
    const { rows, offsets, codes, values } = userItems(interactions, options);
    progress(1, `${rows} users`);
    const written = { ...options, users: true };
    const writer = new PayloadWriter().json(interactions.items).json(written).count(rows);
    return writer
      .array(offsets)
      .array(codes)
      .array(values)
      .json(interactions.users ?? [])
      .bytes();
  },
  load(payload, stamp, table) {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const { users: hasUsers, ...options } = reader.json('options', writtenSchema);
    const matrix = readMatrix(reader, ids.length);
    const users = hasUsers ? reader.ids('users') : [];
    reader.end();
    return serve(matrix, options, { ids, users, stamp, table });
  },
};

function readMatrix(reader: PayloadReader, columns: number): SparseMatrix {
  const rows = reader.count('users');
  const offsets = reader.offsets('row starts of users', rows);
  const codes = reader.uint32('items of users', { length: offsets[rows], below: columns });
  const values = reader.float32('weights of users', offsets[rows]);
  // Lengths and cosines are made of their squares.
  for (let at = 0; at < values.length; at++) values[at] = Math.min(1e6, Math.max(1e-6, values[at]));
  return { rows, columns, offsets, codes, values };
}

interface Serving {
  readonly ids: readonly string[];
  /** Of the first rows; the others are sessions of nobody known. */
  readonly users: readonly string[];
  readonly stamp: ModelStamp;
  readonly table: ItemTable;
}

function serve(
  matrix: SparseMatrix,
  options: UserKnnOptions,
  { ids, users: names, stamp, table }: Serving,
): Model {
  const items = matchItems(ids, table);
  const history = createHistory(items, options.sessionDecay);
  const neighbourhood = createNeighbourhood(transpose(matrix), rowSums(matrix, 2), options);
  const { users, similarities } = neighbourhood;
  const { offsets, codes, values: weights } = matrix;
  const similarUsers = createSimilarUsers(matrix, names, { options, history });
  const votes = createRowSums({ offsets, codes, weights }, matrix.columns);
  const retrieveVoted = createListedRetrieval(
    { scores: votes.sums, listed: votes.reached },
    items,
    table,
  );
  let votedFor: number | undefined;
  /** Retrieval and scoring of one request share the votes. */
  const vote = (query: ModelQuery): void => {
    if (query.serial !== undefined && query.serial === votedFor) return;
    votedFor = query.serial;
    votes.clear();
    const count = history.read(query);
    const found = neighbourhood.find(history.codes, history.factors, count);
    for (let i = 0; i < found; i++) votes.add(users[i], similarities[i] ** options.sharpness);
    if (query.purpose === 'similar' && count > 0) votes.sums[history.codes[0]] = 0;
  };
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      vote(query);
      retrieveVoted(votes.count(), query, { limit, hits });
    },
    score(query, list, count, scores) {
      vote(query);
      for (let i = 0; i < count; i++) {
        const code = items.codeOf(list[i]);
        scores[i] = code < 0 ? 0 : votes.sums[code];
      }
    },
    similarUsers,
  };
}
