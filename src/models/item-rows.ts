import type { ItemCodes } from './item-codes.ts';
import type { Hits } from './model.ts';
import type { PayloadReader, PayloadWriter } from './payload.ts';

/** For each item the items that go with it, heaviest first: a compressed row table over item codes. */
export interface ItemRows {
  /** Row r has the entries `offsets[r]` to `offsets[r + 1] - 1`. */
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  /** Above 0. */
  readonly weights: Float32Array;
}

/** Says every (row, item, weight); called twice, and must say the same both times. */
export type Visit = (say: (row: number, code: number, weight: number) => void) => void;

/**
 * Adds up weights by row and item and keeps the `keep` heaviest of each row, equal ones by code.
 * O(pairs + entries · log entries of a row), memory 8 bytes a pair.
 *
 * @example buildRows(2, 1, (say) => { say(0, 1, 2); say(0, 0, 1); }) // row 0 holds code 1 with weight 2
 */
export function buildRows(items: number, keep: number, visit: Visit): ItemRows {
  const starts = new Uint32Array(items + 1);
  visit((row) => {
    starts[row + 1] += 1;
  });
  for (let row = 0; row < items; row++) starts[row + 1] += starts[row];
  const codes = new Uint32Array(starts[items]);
  const weights = new Float32Array(starts[items]);
  const ends = starts.slice(0, items);
  visit((row, code, weight) => {
    codes[ends[row]] = code;
    weights[ends[row]++] = weight;
  });
  const offsets = new Uint32Array(items + 1);
  const sums = new Float64Array(items);
  let end = 0;
  for (let row = 0; row < items; row++) {
    const seen: number[] = [];
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      if (sums[codes[at]] === 0) seen.push(codes[at]);
      sums[codes[at]] += weights[at];
    }
    seen.sort((a, b) => sums[b] - sums[a] || a - b);
    // What is kept of a row is never more than what was said of it, so it fits in place.
    for (const code of seen.slice(0, keep)) {
      codes[end] = code;
      weights[end++] = sums[code];
    }
    for (const code of seen) sums[code] = 0;
    offsets[row + 1] = end;
  }
  return { offsets, codes: codes.slice(0, end), weights: weights.slice(0, end) };
}

/** Appends rows to a payload. */
export function writeRows(writer: PayloadWriter, { offsets, codes, weights }: ItemRows): void {
  writer.array(offsets).array(codes).array(weights);
}

/** Reads what `writeRows` wrote. Throws `SL_MODEL_CORRUPT`. */
export function readRows(reader: PayloadReader, what: string, items: number): ItemRows {
  const offsets = reader.offsets(`row starts of ${what}`, items);
  const total = offsets[items];
  const codes = reader.uint32(`items of ${what}`, { length: total, below: items });
  return { offsets, codes, weights: reader.float32(`weights of ${what}`, total) };
}

/** Serves rows in dense indices of the item table, without allocation. */
export interface RowServer {
  /** Writes the first `limit` entries of a row, and 0 when the row is -1. */
  retrieve(row: number, limit: number, hits: Hits): void;
  /** Writes the weight of each of the first `count` of `items` in a row; 0 where there is none. */
  score(row: number, items: Int32Array, count: number, scores: Float32Array): void;
}

/** Makes a server of rows; entries for items that the table does not hold are skipped. */
export function createRowServer(
  { offsets, codes, weights }: ItemRows,
  { denseOf, size }: ItemCodes,
): RowServer {
  const items = new Int32Array(codes.length);
  for (let at = 0; at < codes.length; at++) items[at] = denseOf[codes[at]];
  // One more place takes what the table does not hold.
  const weightOf = new Float32Array(size + 1);
  return {
    retrieve(row, limit, hits) {
      hits.count = 0;
      if (row < 0) return;
      const room = Math.min(limit, hits.items.length);
      for (let at = offsets[row]; at < offsets[row + 1] && hits.count < room; at++) {
        if (items[at] < 0) continue;
        hits.items[hits.count] = items[at];
        hits.scores[hits.count++] = weights[at];
      }
    },
    score(row, list, count, scores) {
      if (row < 0) {
        scores.fill(0, 0, count);
        return;
      }
      const [start, end] = [offsets[row], offsets[row + 1]];
      for (let at = start; at < end; at++) if (items[at] >= 0) weightOf[items[at]] = weights[at];
      // As unsigned numbers -1 and items that came later are both beyond the last place.
      for (let i = 0; i < count; i++) scores[i] = weightOf[Math.min(list[i] >>> 0, size)];
      for (let at = start; at < end; at++) if (items[at] >= 0) weightOf[items[at]] = 0;
    },
  };
}
