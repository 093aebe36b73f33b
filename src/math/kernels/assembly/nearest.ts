import { dot4 } from './dot';
import { drain, heapify, keyOf, scoreOf, sink } from './heap';

/**
 * Top-K scan. Leaves (row: u32, score: f32) pairs at `heap` (room for `limit` and 16 bytes more) and returns how many.
 * Reads whole blocks of four rows, so the matrix is padded to that.
 */
export function nearest(
  rows: u32,
  rowCount: u32,
  bytes: u32,
  query: u32,
  limit: u32,
  heap: u32,
): u32 {
  const spill = heap + (limit << 3);
  let size: u32 = 0;
  let worst = f32x4.splat(-Infinity);
  let address = rows;
  for (let row: u32 = 0; row < rowCount; row += 4) {
    const scores = dot4(
      query,
      address,
      address + bytes,
      address + 2 * bytes,
      address + 3 * bytes,
      bytes,
    );
    address += 4 * bytes;
    let better: u32 = i32x4.bitmask(f32x4.gt(scores, worst));
    if (!better) continue;
    v128.store(spill, scores);
    if (row + 4 > rowCount) better &= (1 << (rowCount - row)) - 1;
    for (; better; better &= better - 1) {
      const lane = ctz(better);
      const key = keyOf(load<f32>(spill + (lane << 2)), row + lane);
      if (size < limit) {
        store<u64>(heap + (size << 3), key);
        if (++size < limit) continue;
        heapify(heap, size);
      } else {
        if (key <= load<u64>(heap)) continue;
        sink(heap, size, 0, key);
      }
      worst = f32x4.splat(scoreOf(load<u64>(heap)));
    }
  }
  if (size < limit) heapify(heap, size);
  drain(heap, size);
  return size;
}
