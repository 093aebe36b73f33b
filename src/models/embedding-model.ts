import { candidateCapacity } from '../domain/candidates.ts';
import { exponentials } from '../math/exponential.ts';
import { createVectorTable, type VectorTable } from '../math/kernels/vector-table.ts';
import type { ItemCodes } from './item-codes.ts';
import type { Hits, Model, ModelQuery, ModelStamp } from './model.ts';
import { cacheNeighbours, type FindNeighbours } from './neighbour-cache.ts';

/** Matrices by item code, row-major, and how a query becomes a vector. */
export interface Embeddings {
  readonly dimensions: number;
  readonly input: Float32Array;
  readonly output: Float32Array;
  /** Added to the logit of each code; absent is 0. */
  readonly bias?: Float32Array;
  /** Writes the vector of the session into `context`; false when there is nothing to go on from. */
  setContext(query: ModelQuery, context: Float32Array): boolean;
  /** Changes logits of the first `count` of `items`, in place, for the query of the last `setContext`. */
  adjust?(items: Int32Array, count: number, logits: Float32Array): void;
}

/** Logit of an item that the model never saw: its share is 0. */
export const unknownLogit = -1e9;

/**
 * Catalogues up to this size are scanned for each request; in larger ones the last click brings its
 * neighbours, and only the score looks at the whole session.
 */
const scannedRows = 50_000;

/**
 * Serves embeddings as a model. `next` scores by e^(context · output + bias), the best item as 1; `similar` by the
 * cosine of input vectors, without the anchor and without what is not above 0.
 * O(count · dimensions) to score; to retrieve one scan, O(items · dimensions), whose result is kept for
 * each anchor.
 */
export function createEmbeddingModel(
  embeddings: Embeddings,
  items: ItemCodes,
  stamp: ModelStamp,
): Model {
  const { dimensions, adjust } = embeddings;
  const { vectors, outputs, norms } = createTables(embeddings, items);
  const known = (item: number): boolean => items.codeOf(item) >= 0;
  const context = new Float32Array(dimensions);
  // The last dimension of an output row is its bias.
  const query = new Float32Array(dimensions + 1).fill(1);
  const setQuery = (asked: ModelQuery): boolean => {
    const set = embeddings.setContext(asked, context);
    query.set(context);
    return set;
  };
  /** Exact, for the query that is set. */
  const scanNext = (limit: number, hits: Hits): void => {
    const count = outputs.nearest(query, limit, hits.items, hits.scores);
    if (adjust !== undefined) {
      adjust(hits.items, count, hits.scores);
      sortHits(hits, count);
    }
    while (hits.count < count && hits.scores[hits.count] > unknownLogit / 2) hits.count += 1;
    exponentials(hits.scores, hits.count, hits.scores[0]);
  };
  const retrieveSimilar = cacheNeighbours(createNeighbours(vectors));
  const retrieveNext = cacheNeighbours((anchor, limit, hits) => {
    if (setQuery({ anchor, recent: Int32Array.of(anchor), nowMs: 0, purpose: 'next' }))
      scanNext(limit, hits);
  });
  return {
    ...stamp,
    vectors,
    norms,
    retrieve(asked, limit, hits) {
      hits.count = 0;
      const room = Math.min(limit, hits.items.length);
      if (asked.purpose === 'similar') {
        if (known(asked.anchor)) retrieveSimilar(asked.anchor, room, hits);
      } else if (outputs.rowCount > scannedRows && known(asked.anchor)) {
        retrieveNext(asked.anchor, room, hits);
      } else if (setQuery(asked)) {
        scanNext(room, hits);
      }
    },
    score(asked, list, count, scores) {
      scores.fill(0, 0, count);
      if (asked.purpose === 'similar') {
        if (known(asked.anchor)) scoreSimilar(vectors, asked.anchor, { list, count, scores });
      } else if (setQuery(asked)) {
        outputs.dot(query, list, count, scores);
        adjust?.(list, count, scores);
        let best = unknownLogit;
        for (let i = 0; i < count; i++) {
          // Rows of items that the model never saw have this logit already; others have no row.
          if (list[i] < 0 || list[i] >= outputs.rowCount) scores[i] = unknownLogit;
          if (scores[i] > best) best = scores[i];
        }
        if (best < unknownLogit / 2) scores.fill(0, 0, count);
        else exponentials(scores, count, best);
      }
    },
  };
}

/** Tables in dense indices of the item table; rows of items that the model never saw score nothing. */
export function createTables(
  { dimensions, input, output, bias }: Omit<Embeddings, 'setContext' | 'adjust'>,
  { denseOf, size }: ItemCodes,
): { vectors: VectorTable; outputs: VectorTable; norms: Float32Array } {
  const rows = Math.max(1, size);
  const norms = new Float32Array(size);
  const vectors = createVectorTable(rows, dimensions);
  const outputs = createVectorTable(rows, dimensions + 1);
  const extended = new Float32Array(dimensions + 1);
  const unit = new Float32Array(dimensions);
  const isKnown = new Uint8Array(rows);
  for (let code = 0; code < denseOf.length; code++) {
    const row = denseOf[code];
    if (row < 0) continue;
    isKnown[row] = 1;
    const at = code * dimensions;
    extended.set(output.subarray(at, at + dimensions));
    extended[dimensions] = bias?.[code] ?? 0;
    outputs.setRow(row, extended);
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += input[at + d] ** 2;
    const norm = Math.sqrt(square);
    norms[row] = norm;
    for (let d = 0; d < dimensions; d++) unit[d] = norm > 0 ? input[at + d] / norm : 0;
    vectors.setRow(row, unit);
  }
  extended.fill(0);
  extended[dimensions] = unknownLogit;
  for (let row = 0; row < rows; row++) if (isKnown[row] === 0) outputs.setRow(row, extended);
  return { vectors, outputs, norms };
}

/** Writes the cosine of each item with the anchor; 0 for the anchor itself and for what is not above 0. */
export function scoreSimilar(
  vectors: VectorTable,
  anchor: number,
  to: { readonly list: Int32Array; readonly count: number; readonly scores: Float32Array },
): void {
  const { list, count, scores } = to;
  vectors.dot(vectors.row(anchor), list, count, scores);
  for (let i = 0; i < count; i++) if (!(scores[i] > 0) || list[i] === anchor) scores[i] = 0;
}

/** Writes the nearest rows to an anchor, but the anchor and what is not above 0. */
export function createNeighbours(vectors: VectorTable): FindNeighbours {
  const room = Math.min(vectors.rowCount, 2 * candidateCapacity);
  const rows = new Int32Array(room);
  const cosines = new Float32Array(room);
  return (anchor, limit, hits) => {
    const wanted = Math.min(limit + 1, room);
    const count = vectors.nearest(vectors.row(anchor), wanted, rows, cosines);
    for (let i = 0; i < count && hits.count < limit && cosines[i] > 0; i++) {
      if (rows[i] === anchor) continue;
      hits.items[hits.count] = rows[i];
      hits.scores[hits.count++] = cosines[i];
    }
  };
}

/** Insertion sort, highest score first, equal ones by item: the list is all but sorted already. */
function sortHits({ items, scores }: Hits, count: number): void {
  for (let i = 1; i < count; i++) {
    const item = items[i];
    const score = scores[i];
    let at = i;
    for (; at > 0; at--) {
      const other = scores[at - 1];
      if (other > score || (other === score && items[at - 1] < item)) break;
      items[at] = items[at - 1];
      scores[at] = other;
    }
    items[at] = item;
    scores[at] = score;
  }
}
