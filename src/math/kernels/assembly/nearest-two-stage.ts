import { drain, heapify, keyOf, scoreOf, sink } from './heap';

/** The dot product of two rows, to the bit as `dot4` has it. */
@inline
function dot1(query: u32, row: u32, bytes: u32): f32 {
  let sum = f32x4.splat(0);
  for (const end = query + bytes; query < end; query += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(query), v128.load(row)));
    row += 16;
  }
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 1) +
    (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  );
}

/** Four rows times two dimensions of codes, times the same two dimensions of the query in each. */
@inline
function step(sums: v128, codes: v128, pair: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(codes, pair));
}

/** Writes what the products of four rows are at most, and returns what they are at least. */
@inline
function bound(sums: v128, scales: u32, unit: v128, length: v128, margins: u32, most: u32): v128 {
  const product = f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.mul(v128.load(scales), unit));
  const margin = f32x4.mul(v128.load(margins), length);
  v128.store(most, f32x4.add(product, margin));
  return f32x4.sub(product, margin);
}

/** The float of a place in the order of floats. */
@inline
function floatAt(order: i32): f32 {
  return reinterpret<f32>(order ^ ((order >> 31) & 0x7fffffff));
}

/** How many of the numbers up to `end` are `least` or more. */
@inline
function countFrom(from: u32, end: u32, least: f32): i32 {
  const bar = f32x4.splat(least);
  let sums = i32x4.splat(0);
  // A comparison that holds is -1.
  for (; from < end; from += 16) sums = i32x4.sub(sums, f32x4.ge(v128.load(from), bar));
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  );
}

/** A number that at least `size`, and hardly more, of those up to `end` are not below; -Infinity if there is none. */
@inline
function barOf(from: u32, end: u32, size: i32): f32 {
  let low = reinterpret<i32>(<f32>-Infinity) ^ 0x7fffffff;
  let high = reinterpret<i32>(<f32>Infinity);
  while (low < high) {
    const middle = <i32>((<i64>low + <i64>high + 1) >> 1);
    const count = countFrom(from, end, floatAt(middle));
    if (count < size) {
      high = middle - 1;
      continue;
    }
    low = middle;
    if (count - size <= size >> 4) break;
  }
  return floatAt(low);
}

/**
 * `nearest` in two stages, to the same bits. The first works out, of codes of 8 bits, what the product of each row is at
 * least and at most; the `limit`-th best least is a bar that the best rows reach. The second gives the rows that may
 * reach it their exact product. Sixteen rows have 4 · `bytes` of codes at `codes`: for each pair of dimensions those of
 * all rows. `queryCodes` is the query in units of `unit`, as i16; `scales` has the unit of each row, `margins` what its codes
 * can be wrong by for a query of length 1, `length` is that of the query. Codes, scales and margins have room up to
 * sixteens, with infinite margins where there is no row; `work` has room for a number a row and one more for each four
 * rows. Each `merged` times 16 rows have four greatest leasts in common. Returns -1 where more than `patience` rows may
 * reach the bar.
 */
export function nearestTwoStage(
  rows: u32,
  rowCount: u32,
  bytes: u32,
  query: u32,
  limit: u32,
  heap: u32,
  codes: u32,
  scales: u32,
  margins: u32,
  queryCodes: u32,
  unit: f32,
  length: f32,
  work: u32,
  merged: u32,
  patience: u32,
): i32 {
  const units = f32x4.splat(unit);
  const lengths = f32x4.splat(length);
  const pairsEnd = queryCodes + (bytes >> 1);
  const padded = (rowCount + 15) & ~15;
  const leasts = work + (padded << 2);
  let place = leasts;
  let waiting = merged;
  let greatest = f32x4.splat(-Infinity);
  for (let at: u32 = 0; at < padded << 2; at += 64) {
    let s0 = i32x4.splat(0);
    let s1 = i32x4.splat(0);
    let s2 = i32x4.splat(0);
    let s3 = i32x4.splat(0);
    for (let pairs = queryCodes; pairs < pairsEnd; pairs += 8) {
      const low = v128.load32_splat(pairs);
      s0 = step(s0, v128.load8x8_s(codes), low);
      s1 = step(s1, v128.load8x8_s(codes, 8), low);
      s2 = step(s2, v128.load8x8_s(codes, 16), low);
      s3 = step(s3, v128.load8x8_s(codes, 24), low);
      const high = v128.load32_splat(pairs, 4);
      s0 = step(s0, v128.load8x8_s(codes, 32), high);
      s1 = step(s1, v128.load8x8_s(codes, 40), high);
      s2 = step(s2, v128.load8x8_s(codes, 48), high);
      s3 = step(s3, v128.load8x8_s(codes, 56), high);
      codes += 64;
    }
    const scale = scales + at;
    const margin = margins + at;
    const most = work + at;
    // Not `max`: what is no number says nothing.
    greatest = f32x4.pmax(greatest, bound(s0, scale, units, lengths, margin, most));
    greatest = f32x4.pmax(greatest, bound(s1, scale + 16, units, lengths, margin + 16, most + 16));
    greatest = f32x4.pmax(greatest, bound(s2, scale + 32, units, lengths, margin + 32, most + 32));
    greatest = f32x4.pmax(greatest, bound(s3, scale + 48, units, lengths, margin + 48, most + 48));
    if (--waiting) continue;
    v128.store(place, greatest);
    place += 16;
    waiting = merged;
    greatest = f32x4.splat(-Infinity);
  }
  v128.store(place, greatest);
  const bar = f32x4.splat(barOf(leasts, place + 16, limit));
  let size: u32 = 0;
  let exact: u32 = 0;
  let worst: f32 = -Infinity;
  for (let row: u32 = 0; row < rowCount; row += 16) {
    const most = work + (row << 2);
    // Also true for what is no number.
    let left =
      (i32x4.bitmask(f32x4.lt(v128.load(most), bar)) |
        (i32x4.bitmask(f32x4.lt(v128.load(most, 16), bar)) << 4) |
        (i32x4.bitmask(f32x4.lt(v128.load(most, 32), bar)) << 8) |
        (i32x4.bitmask(f32x4.lt(v128.load(most, 48), bar)) << 12)) ^
      0xffff;
    if (!left) continue;
    if (row + 16 > rowCount) left &= (1 << (rowCount - row)) - 1;
    exact += popcnt(left);
    if (exact > patience) return -1;
    for (; left; left &= left - 1) {
      const found = row + ctz(left);
      const score = dot1(query, rows + found * bytes, bytes);
      if (!(score > worst)) continue;
      const key = keyOf(score, found);
      if (size < limit) {
        store<u64>(heap + (size << 3), key);
        if (++size < limit) continue;
        heapify(heap, size);
      } else {
        if (key <= load<u64>(heap)) continue;
        sink(heap, size, 0, key);
      }
      worst = scoreOf(load<u64>(heap));
    }
  }
  if (size < limit) heapify(heap, size);
  drain(heap, size);
  return <i32>size;
}
