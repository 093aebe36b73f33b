import { exponentials } from '../../math/exponential.ts';
import { createNeighbours, createTables, scoreSimilar, unknownLogit } from '../embedding-model.ts';
import type { ItemCodes } from '../item-codes.ts';
import type { Hits, Model, ModelQuery, ModelStamp } from '../model.ts';
import { cacheNeighbours } from '../neighbour-cache.ts';

/** Item vectors by code, and how a query becomes the vector of a user. */
export interface Factors {
  readonly dimensions: number;
  readonly vectors: Float32Array;
  /** What user · item is: a likelihood already, below 0 as good as 0, or the logarithm of one. */
  readonly link: 'identity' | 'log';
  /** Writes the vector of the user into `user`; false when nothing is known of who asks. */
  setUser(query: ModelQuery, user: Float32Array): boolean;
  readonly explain?: Model['explain'];
}

/**
 * Serves factors as a model. `next` scores by user · item, or e^(user · item) with the best item as 1; `similar` by the
 * cosine of item vectors, without the anchor and without what is not above 0. O(items · dimensions) to retrieve: one
 * exact scan; O(count · dimensions) to score.
 */
export function createFactorModel(
  { dimensions, vectors: matrix, link, setUser, explain }: Factors,
  items: ItemCodes,
  stamp: ModelStamp,
): Model {
  const { vectors, outputs, norms } = createTables(
    { dimensions, input: matrix, output: matrix },
    items,
  );
  const known = (item: number): boolean => items.codeOf(item) >= 0;
  const user = new Float32Array(dimensions);
  // The last dimension of an item is 0, or so low that items never seen stay out.
  const query = new Float32Array(dimensions + 1).fill(1);
  const setQuery = (asked: ModelQuery): boolean => {
    const set = setUser(asked, user);
    query.set(user);
    return set;
  };
  /** Makes likelihoods of the first `count` products, none where all are unknown. */
  const toLikelihoods = (products: Float32Array, count: number): void => {
    let best = unknownLogit;
    for (let i = 0; i < count; i++) best = Math.max(best, products[i]);
    if (best < unknownLogit / 2) products.fill(0, 0, count);
    else if (link === 'log') exponentials(products, count, best);
    else for (let i = 0; i < count; i++) products[i] = Math.max(0, products[i]);
  };
  const retrieveSimilar = cacheNeighbours(createNeighbours(vectors));
  const retrieveNext = (limit: number, hits: Hits): void => {
    const count = outputs.nearest(query, limit, hits.items, hits.scores);
    toLikelihoods(hits.scores, count);
    while (hits.count < count && hits.scores[hits.count] > 0) hits.count += 1;
  };
  return {
    ...stamp,
    vectors,
    norms,
    ...(explain && { explain }),
    retrieve(asked, limit, hits) {
      hits.count = 0;
      const room = Math.min(limit, hits.items.length);
      if (asked.purpose === 'similar') {
        if (known(asked.anchor)) retrieveSimilar(asked.anchor, room, hits);
      } else if (setQuery(asked)) retrieveNext(room, hits);
    },
    score(asked, list, count, scores) {
      scores.fill(0, 0, count);
      if (asked.purpose === 'similar') {
        if (known(asked.anchor)) scoreSimilar(vectors, asked.anchor, { list, count, scores });
      } else if (setQuery(asked)) {
        outputs.dot(query, list, count, scores);
        // Indices that do not exist have no row that says so.
        for (let i = 0; i < count; i++) if (!known(list[i])) scores[i] = unknownLogit;
        toLikelihoods(scores, count);
      }
    },
  };
}
