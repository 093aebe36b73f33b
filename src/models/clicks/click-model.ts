import { type Crew, createCrew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { topRows } from '../../math/top-rows.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { type ItemCodes, matchItems } from '../item-codes.ts';
import type { Hits, Model, ModelStamp } from '../model.ts';
import { type ClickAsker, createClickAsker } from './click-asker.ts';
import { type ClickForward, createClickForward, forwardBytes } from './click-forward.ts';
import { type ClickItems, clickItemsBytes, createClickItems, unknownLogit } from './click-items.ts';
import { type ClickPayload, readClickPayload } from './click-payload.ts';
import { createSimilarItems } from './similar-items.ts';

/** Items that the network judges at a time. */
const batchRows = 512;

/**
 * Serves a click model. `next` scores by the calibrated probability of a click, at the rate of clicks among all items
 * where negatives were drawn; `similar` by the cosine of the sums of embeddings, without the anchor and what is not above
 * 0. The side of the items is worked out at load, that of who asks once for a call. O(count · (dimensions + weights
 * behind the first layer)) to score. To retrieve, the factorisation machine looks at all items, O(items · dimensions),
 * and the network at the best `scan` of them. Throws `SL_MODEL_CORRUPT`.
 */
export function loadClickModel(bytes: Uint8Array, stamp: ModelStamp, table: ItemTable): Model {
  const payload = readClickPayload(bytes);
  const codes = matchItems(payload.features.items, table);
  const { asker, items, addNetwork, forward } = createParts(payload, codes);
  const { slope, offset } = payload.weights.platt;
  const { factors, vectors, norms } = items;
  const scanned = forward.layers.length > 0 ? Math.min(payload.scan, factors.rowCount) : 0;
  const list = new Int32Array(scanned);
  const logits = new Float32Array(scanned);
  const order = new Int32Array(scanned);
  const similar = createSimilarItems(vectors, codes);
  const toProbabilities = (scores: Float32Array, count: number, same: number): void => {
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-(slope * (scores[i] + same) + offset)));
      // Only weights of a broken file make what is no number.
      scores[i] = scores[i] > unknownLogit / 2 && p > 0 ? p : 0;
    }
  };
  /** The best by the machine; of them those that it knows. */
  const nearest = (limit: number, rows: Int32Array, scores: Float32Array): number => {
    const found = factors.nearest(asker.query, limit, rows, scores);
    let count = 0;
    while (count < found && scores[count] > unknownLogit / 2) count += 1;
    return count;
  };
  const scan = (same: number, limit: number, hits: Hits): void => {
    const count = nearest(scanned, list, logits);
    addNetwork(list, count, logits);
    toProbabilities(logits, count, same);
    hits.count = topRows(logits, count, Math.min(limit, count), order);
    for (let i = 0; i < hits.count; i++) {
      hits.items[i] = list[order[i]];
      hits.scores[i] = logits[order[i]];
    }
  };
  return {
    ...stamp,
    vectors,
    norms,
    retrieve(query, limit, hits) {
      const room = Math.min(limit, hits.items.length);
      if (query.purpose === 'similar') return similar.retrieve(query.anchor, room, hits);
      const same = asker.set(query);
      if (scanned > 0) return scan(same, room, hits);
      hits.count = nearest(Math.min(room, factors.rowCount), hits.items, hits.scores);
      toProbabilities(hits.scores, hits.count, same);
    },
    score(query, asked, count, scores) {
      if (query.purpose === 'similar') return similar.score(query.anchor, asked, count, scores);
      const same = asker.set(query);
      factors.dot(asker.query, asked, count, scores);
      for (let i = 0; i < count; i++) if (codes.codeOf(asked[i]) < 0) scores[i] = unknownLogit;
      addNetwork(asked, count, scores);
      toProbabilities(scores, count, same);
    },
  };
}

interface ClickParts {
  readonly forward: ClickForward;
  readonly items: ClickItems;
  readonly asker: ClickAsker;
  /** Adds what the network says of the first `count` items to their logits. */
  addNetwork(items: Int32Array, count: number, logits: Float32Array): void;
}

function createParts(payload: ClickPayload, codes: ItemCodes): ClickParts {
  const { features, weights, corrections, window } = payload;
  const firstOutputs = weights.hidden[0] ?? 0;
  const bytes =
    forwardBytes(weights, batchRows) +
    clickItemsBytes(features, firstOutputs) +
    4 * (firstOutputs + batchRows) +
    2 * 64;
  const crew = createCrew({ bytes, scratchBytes: gemmScratchBytes });
  const forward = createClickForward(crew, weights, batchRows);
  const rarest = corrections.reduce((a, b) => Math.min(a, b), corrections[0] ?? 0);
  const ownLogits = Float32Array.from(
    features.items,
    (_, code) => (corrections[code] ?? rarest) / weights.platt.slope,
  );
  const items = createClickItems(crew, { forward, features, codes, ownLogits });
  const asker = createClickAsker(crew, { forward, features, codes, weights, window });
  const addNetwork = createNetwork(crew, { forward, items, asker, codes });
  return { forward, items, asker, addNetwork };
}

function createNetwork(
  crew: Crew,
  {
    forward,
    items,
    asker,
    codes,
  }: Pick<ClickParts, 'forward' | 'items' | 'asker'> & { codes: ItemCodes },
): ClickParts['addNetwork'] {
  const { layers } = forward;
  const [first, last] = [layers[0], layers.at(-1)];
  const [table, own] = [items.firstLayer, asker.firstLayer];
  if (first === undefined || last === undefined || table === undefined || own === undefined)
    return () => {};
  const list = crew.uint32(batchRows);
  const bytes = 4 * first.outputs;
  return (asked, count, logits) => {
    // Where no item is known there is no row to read.
    if (table.values.length === 0) return;
    for (let from = 0; from < count; from += batchRows) {
      const size = Math.min(batchRows, count - from);
      for (let i = 0; i < size; i++) list.values[i] = Math.max(0, codes.codeOf(asked[from + i]));
      crew.run('gatherAdd', { count: size, chunk: size }, [
        ...([list.address, table.address, own.address, first.output.address, bytes] as const),
      ]);
      forward.runLayers(size, { from: 1 });
      for (let i = 0; i < size; i++) logits[from + i] += last.output.values[i * last.outputs];
    }
  };
}
