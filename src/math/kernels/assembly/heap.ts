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
