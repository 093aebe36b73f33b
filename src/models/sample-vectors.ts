import { setImmediate as yieldToRequests } from 'node:timers/promises';
import type { VectorPairs } from '../math/embedding-drift.ts';
import type { VectorTable } from '../math/kernels/vector-table.ts';

/** Items looked at, at most. */
const maxItems = 4096;

/** Items between two pauses: less than a millisecond. */
const itemsAtOnce = 128;

/** Vectors of items as two models know them, in shared memory, and of how many items. */
export interface VectorSample extends VectorPairs {
  readonly items: number;
}

/**
 * Copies the vectors that two tables have of the same dense indices, evenly over at most 4096 of them; zero rows are
 * items that a model does not know, and left out. Where one table has more dimensions, the rows of the other end in
 * zeros, which changes none of their cosines. Requests are answered in between. O(4096 · dimensions), whatever the size
 * of the catalogue.
 *
 * @example (await sampleVectors(before.vectors, after.vectors)).items // 4096
 */
export async function sampleVectors(
  before: VectorTable,
  after: VectorTable,
): Promise<VectorSample> {
  const dimensions = Math.max(before.dimensions, after.dimensions);
  const size = Math.min(before.rowCount, after.rowCount);
  const places = Math.min(size, maxItems);
  const [old, young] = [before, after].map(() => sharedNumbers(places * dimensions));
  let items = 0;
  for (let place = 0; place < places; place++) {
    if (place % itemsAtOnce === itemsAtOnce - 1) await yieldToRequests();
    const item = Math.floor((place * size) / places);
    const [was, is] = [before.row(item), after.row(item)];
    if (!isKnown(was) || !isKnown(is)) continue;
    old.set(was, items * dimensions);
    young.set(is, items * dimensions);
    items += 1;
  }
  const end = items * dimensions;
  return { before: old.subarray(0, end), after: young.subarray(0, end), dimensions, items };
}

const sharedNumbers = (length: number) => new Float32Array(new SharedArrayBuffer(4 * length));

const isKnown = (row: Float32Array): boolean => row.some((value) => value !== 0);
