import { drain, heapify, keyOf, sink } from './heap';

/** Offers a key to a min-heap of the `limit` greatest that holds `size`; returns how many it holds then. */
@inline
export function offer(heap: u32, size: u32, limit: u32, key: u64): u32 {
  if (size < limit) {
    store<u64>(heap + (size << 3), key);
    if (size + 1 == limit) heapify(heap, limit);
    return size + 1;
  }
  if (limit > 0 && key > load<u64>(heap)) sink(heap, size, 0, key);
  return size;
}

/** Leaves the kept keys as (code: u32, size: f32) pairs, greatest first. */
@inline
export function settle(heap: u32, size: u32, limit: u32): void {
  if (size < limit) heapify(heap, size);
  drain(heap, size);
}

/**
 * Rows `from` to `to` - 1 of a dense block, of which row r is row `first` + r of a matrix: keeps the `limit` entries
 * that are farthest from 0 after a multiplication with `scales` by column, equal ones by column, without the diagonal
 * and without zeros. They go to row `first` + r of `codes` and `values`, `limit` places each, their number to `counts`.
 * `scratch` needs 8 bytes for each of `limit`.
 */
export function keep(
  from: u32,
  to: u32,
  scratch: u32,
  dense: u32,
  bytes: u32,
  columns: u32,
  scales: u32,
  first: u32,
  limit: u32,
  codes: u32,
  values: u32,
  counts: u32,
): void {
  for (let r = from; r < to; r++) {
    const row = dense + r * bytes;
    const own = first + r;
    let size: u32 = 0;
    for (let column: u32 = 0; column < columns; column++) {
      const value = load<f32>(row + (column << 2)) * load<f32>(scales + (column << 2));
      if (value == 0 || column == own) continue;
      size = offer(scratch, size, limit, keyOf(abs(value), column));
    }
    settle(scratch, size, limit);
    const place = own * limit;
    for (let i: u32 = 0; i < size; i++) {
      const column = load<u32>(scratch + (i << 3));
      const value = load<f32>(row + (column << 2)) * load<f32>(scales + (column << 2));
      store<u32>(codes + ((place + i) << 2), column);
      store<f32>(values + ((place + i) << 2), value);
    }
    store<u32>(counts + (own << 2), size);
  }
}
