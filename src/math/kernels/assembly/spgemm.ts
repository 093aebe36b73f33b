import { keyOf } from './heap';
import { offer, settle } from './keep';

/**
 * Rows `from` to `to` - 1 of a dense block c += a · b, both sparse; row r of the block is row `first` + r of a, and
 * `bytes` after the one before it.
 */
export function spgemm(
  from: u32,
  to: u32,
  scratch: u32,
  aOffsets: u32,
  aCodes: u32,
  aValues: u32,
  bOffsets: u32,
  bCodes: u32,
  bValues: u32,
  c: u32,
  bytes: u32,
  first: u32,
): void {
  for (let r = from; r < to; r++) {
    const row = c + r * bytes;
    const end = load<u32>(aOffsets + ((first + r) << 2), 4) << 2;
    for (let at = load<u32>(aOffsets + ((first + r) << 2)) << 2; at < end; at += 4) {
      const factor = load<f32>(aValues + at);
      const inner = bOffsets + (load<u32>(aCodes + at) << 2);
      const innerEnd = load<u32>(inner, 4) << 2;
      for (let k = load<u32>(inner) << 2; k < innerEnd; k += 4) {
        const place = row + (load<u32>(bCodes + k) << 2);
        store<f32>(place, load<f32>(place) + factor * load<f32>(bValues + k));
      }
    }
  }
}

/**
 * Rows `from` to `to` - 1 of the sparse product a · b, each entry over rowNorms · columnNorms + shrink, of
 * which the `limit` greatest are kept as by `keep`; values are above 0 and the diagonal is left out.
 * `scratch` needs 8 bytes a column and 8 for each of `limit`, and zeros at first.
 */
export function linked(
  from: u32,
  to: u32,
  scratch: u32,
  aOffsets: u32,
  aCodes: u32,
  aValues: u32,
  bOffsets: u32,
  bCodes: u32,
  bValues: u32,
  columns: u32,
  rowNorms: u32,
  columnNorms: u32,
  shrink: f32,
  limit: u32,
  codes: u32,
  values: u32,
  counts: u32,
): void {
  const heap = scratch;
  const sums = heap + (limit << 3);
  const touched = sums + (columns << 2);
  for (let row = from; row < to; row++) {
    let reached = touched;
    const end = load<u32>(aOffsets + (row << 2), 4) << 2;
    for (let at = load<u32>(aOffsets + (row << 2)) << 2; at < end; at += 4) {
      const factor = load<f32>(aValues + at);
      const inner = bOffsets + (load<u32>(aCodes + at) << 2);
      const innerEnd = load<u32>(inner, 4) << 2;
      for (let k = load<u32>(inner) << 2; k < innerEnd; k += 4) {
        const column = load<u32>(bCodes + k) << 2;
        const sum = load<f32>(sums + column);
        const next = sum + factor * load<f32>(bValues + k);
        // Written without a branch: whether a column is new cannot be foreseen.
        store<u32>(reached, column >> 2);
        reached += (u32(sum == 0) & u32(next != 0)) << 2;
        store<f32>(sums + column, next);
      }
    }
    const norm = load<f32>(rowNorms + (row << 2));
    let size: u32 = 0;
    for (let at = touched; at < reached; at += 4) {
      const column = load<u32>(at);
      const place = sums + (column << 2);
      const sum = load<f32>(place);
      store<f32>(place, 0);
      if (column == row || sum == 0) continue;
      const value = sum / (norm * load<f32>(columnNorms + (column << 2)) + shrink);
      size = offer(heap, size, limit, keyOf(value, column));
    }
    settle(heap, size, limit);
    for (let i: u32 = 0; i < size; i++) {
      const place = (row * limit + i) << 2;
      store<u32>(codes + place, load<u32>(heap + (i << 3)));
      store<f32>(values + place, load<f32>(heap + (i << 3), 4));
    }
    store<u32>(counts + (row << 2), size);
  }
}
