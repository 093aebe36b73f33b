import { exponentials } from '../../math/exponential.ts';
import { createVectorTable, type VectorTable } from '../../math/kernels/vector-table.ts';
import { transpose } from '../../math/sparse.ts';
import { topRows } from '../../math/top-rows.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { type ItemCodes, matchItems } from '../item-codes.ts';
import { latestClicks } from '../latest-clicks.ts';
import type { Hits, Model, ModelQuery, ModelStamp } from '../model.ts';
import { createExplainer } from './explain-paths.ts';
import type { GraphPayload } from './graph-payload.ts';
import { createInterest } from './interest.ts';
import { attentionShares, embedSequence } from './sequence-embedding.ts';

/** Logit of an item that the model never saw. */
const unknownLogit = -1e9;
/** Interest that every item has: one that nothing leads to is not out of the question. */
const leastInterest = 0.01;

/** A user as a vector, and where the interest in what the user had leads. */
interface Wishes {
  /** Works out a query; false when there is nothing to go on from. */
  set(query: ModelQuery): boolean;
  readonly context: Float32Array;
  /** ln of the interest by dense index, times its weight. */
  readonly interest: Float32Array;
}

/**
 * Serves a trained graph network. `next` scores by e^(scale · cosine + bias) · interest^weight, over the whole
 * catalogue to retrieve; `similar` by the cosine of vectors. O(items · dimensions) a retrieval.
 */
export function createGraphModel(
  payload: GraphPayload,
  stamp: ModelStamp,
  table: ItemTable,
): Model {
  const items = matchItems(payload.ids, table);
  const { scale } = payload.options;
  const { vectors, norms, biases } = createColumns(payload, items);
  const wishes = createWishes(payload, items);
  const everything = Int32Array.from({ length: items.size }, (_, item) => item);
  const logits = new Float32Array(items.size);
  const rows = new Int32Array(items.size);
  const similar = createSimilar(vectors, items);
  const addRest = (list: Int32Array, count: number, scores: Float32Array): void => {
    for (let i = 0; i < count; i++) {
      const item = list[i];
      const isKnown = item >= 0 && item < items.size;
      scores[i] = isKnown ? scale * scores[i] + biases[item] + wishes.interest[item] : unknownLogit;
    }
  };
  return {
    ...stamp,
    vectors,
    norms,
    graph: payload.numbers,
    retrieve(query, limit, hits) {
      hits.count = 0;
      const room = Math.min(limit, hits.items.length, items.size);
      if (query.purpose === 'similar') {
        similar.retrieve(query.anchor, room, hits);
        return;
      }
      if (!wishes.set(query)) return;
      vectors.dot(wishes.context, everything, items.size, logits);
      addRest(everything, items.size, logits);
      const count = topRows(logits, items.size, room, rows);
      for (let i = 0; i < count && logits[rows[i]] > unknownLogit / 2; i++) {
        hits.items[i] = rows[i];
        hits.scores[i] = logits[rows[i]];
        hits.count += 1;
      }
      exponentials(hits.scores, hits.count, hits.scores[0]);
    },
    score(query, list, count, scores) {
      scores.fill(0, 0, count);
      if (query.purpose === 'similar') {
        similar.score(query.anchor, list, count, scores);
        return;
      }
      if (!wishes.set(query)) return;
      vectors.dot(wishes.context, list, count, scores);
      addRest(list, count, scores);
      let best = unknownLogit;
      for (let i = 0; i < count; i++) best = Math.max(best, scores[i]);
      if (best < unknownLogit / 2) scores.fill(0, 0, count);
      else exponentials(scores, count, best);
    },
    explain: createExplainer(payload, items),
  };
}

function createColumns(
  { vectors, bias, options: { dimensions } }: GraphPayload,
  { denseOf, size }: ItemCodes,
): { vectors: VectorTable; norms: Float32Array; biases: Float32Array } {
  const table = createVectorTable(Math.max(1, size), dimensions);
  const norms = new Float32Array(size);
  const biases = new Float32Array(size).fill(unknownLogit);
  for (const [code, item] of denseOf.entries()) {
    if (item < 0) continue;
    const row = vectors.subarray(code * dimensions, (code + 1) * dimensions);
    table.setRow(item, row);
    norms[item] = row.some((value) => value !== 0) ? 1 : 0;
    biases[item] = bias[code];
  }
  return { vectors: table, norms, biases };
}

function createWishes(payload: GraphPayload, items: ItemCodes): Wishes {
  const { options } = payload;
  const known = { vectors: payload.vectors, dimensions: options.dimensions };
  const clicks = new Int32Array(options.recent);
  const shares = new Float32Array(options.recent);
  const context = new Float32Array(options.dimensions);
  const nothing = options.interestWeight * Math.log(leastInterest);
  const sums = new Float32Array(items.size);
  const interest = new Float32Array(items.size).fill(nothing);
  const reached: number[] = [];
  // The same way backwards: from what a user had to what is like it.
  const reach = createInterest(
    { company: payload.company, alike: transpose(payload.alike) },
    { depth: options.depth, decay: options.hopDecay },
  );
  const addInterest = (click: number, share: number): void => {
    const { codes, weights } = reach(click);
    for (let i = 0; i < codes.length; i++) {
      const item = items.denseOf[codes[i]];
      if (item < 0) continue;
      if (sums[item] === 0) reached.push(item);
      sums[item] += share * weights[i];
    }
  };
  let setFor: { readonly serial: number; readonly isSet: boolean } | undefined;
  const set = (query: ModelQuery): boolean => {
    const count = latestClicks(query, items, clicks);
    for (const item of reached) {
      sums[item] = 0;
      interest[item] = nothing;
    }
    reached.length = 0;
    attentionShares(known, clicks, { count, attention: options.attention, shares });
    embedSequence(known, clicks, { count, shares, out: context });
    for (let i = 0; i < count && options.interestWeight > 0; i++)
      addInterest(clicks[i], shares[i] * count);
    for (const item of reached)
      interest[item] = options.interestWeight * Math.log(leastInterest + sums[item]);
    return count > 0;
  };
  return {
    context,
    interest,
    set(query) {
      if (query.serial !== undefined && setFor?.serial === query.serial) return setFor.isSet;
      const isSet = set(query);
      setFor = query.serial === undefined ? undefined : { serial: query.serial, isSet };
      return isSet;
    },
  };
}

/** Neighbours of an anchor by cosine, without itself and without what is not above 0. */
function createSimilar(
  vectors: VectorTable,
  items: ItemCodes,
): {
  retrieve(anchor: number, room: number, hits: Hits): void;
  score(anchor: number, list: Int32Array, count: number, scores: Float32Array): void;
} {
  const rows = new Int32Array(vectors.rowCount);
  const cosines = new Float32Array(vectors.rowCount);
  return {
    retrieve(anchor, room, hits) {
      if (items.codeOf(anchor) < 0) return;
      const wanted = Math.min(room + 1, rows.length);
      const count = vectors.nearest(vectors.row(anchor), wanted, rows, cosines);
      for (let i = 0; i < count && hits.count < room && cosines[i] > 0; i++) {
        if (rows[i] === anchor) continue;
        hits.items[hits.count] = rows[i];
        hits.scores[hits.count++] = cosines[i];
      }
    },
    score(anchor, list, count, scores) {
      if (items.codeOf(anchor) < 0) return;
      vectors.dot(vectors.row(anchor), list, count, scores);
      for (let i = 0; i < count; i++) if (!(scores[i] > 0) || list[i] === anchor) scores[i] = 0;
    },
  };
}
