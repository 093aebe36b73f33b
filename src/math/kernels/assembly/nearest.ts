import { dot4 } from './dot';

/** Greater is better: the score in the order of unsigned numbers, then the lower row. No score is -0. */
@inline
export function keyOf(score: f32, row: u32): u64 {
  const bits = reinterpret<u32>(score);
  const ordered = bits ^ ((<i32>bits >> 31) | 0x80000000);
  return (<u64>ordered << 32) | ~row;
}

@inline
export function scoreOf(key: u64): f32 {
  const ordered = <u32>(key >> 32);
  return reinterpret<f32>(ordered ^ (~(<i32>ordered >> 31) | 0x80000000));
}

/** Puts a key in the place of the one at `hole` of a min-heap and lets it sink. */
export function sink(heap: u32, size: u32, hole: u32, key: u64): void {
  let child: u32 = 2 * hole + 1;
  while (child < size) {
    const left = load<u64>(heap + (child << 3));
    const right = child + 1 < size ? load<u64>(heap + (child << 3), 8) : u64.MAX_VALUE;
    const least = min(left, right);
    if (key <= least) break;
    store<u64>(heap + (hole << 3), least);
    hole = child + u32(right < left);
    child = 2 * hole + 1;
  }
  store<u64>(heap + (hole << 3), key);
}

export function heapify(heap: u32, size: u32): void {
  for (let i = <i32>(size >> 1) - 1; i >= 0; i--) {
    sink(heap, size, i, load<u64>(heap + (i << 3)));
  }
}

/** Turns a min-heap into (row, score) pairs, best first. */
export function drain(heap: u32, size: u32): void {
  for (let end = size; end > 1; ) {
    const least = load<u64>(heap);
    end--;
    const last = load<u64>(heap + (end << 3));
    store<u64>(heap + (end << 3), least);
    sink(heap, end, 0, last);
  }
  for (let i: u32 = 0; i < size; i++) {
    const key = load<u64>(heap + (i << 3));
    store<u32>(heap + (i << 3), ~(<u32>key));
    store<f32>(heap + (i << 3), scoreOf(key), 4);
  }
}

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
