/** Bytes from `work` to the second list of rows, and to the counts of the radix sort. */
const otherRows: u32 = 4096 * 4;
const digits: u32 = 2 * 4096 * 4;

/** Rows whose key is at least `least`; `end` is rounded up to fours. */
@inline
function countFrom(keys: u32, end: u32, least: i32): u32 {
  const bound = i32x4.splat(least);
  let sums = i32x4.splat(0);
  for (let at = keys; at < end; at += 16) {
    // A comparison that holds is -1.
    sums = i32x4.sub(sums, v128.ge<i32>(v128.load(at), bound));
  }
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  );
}

/** The `size`-th greatest key, by bisection over the bits: no branch depends on the data. */
@inline
function boundOf(keys: u32, end: u32, size: u32): i32 {
  let lo = i32.MIN_VALUE + 1;
  let hi = i32.MAX_VALUE;
  while (lo < hi) {
    const mid = <i32>(((<i64>lo + <i64>hi + 1) >> 1));
    const found = countFrom(keys, end, mid);
    if (found == size) return mid;
    if (found > size) lo = mid;
    else hi = mid - 1;
  }
  return lo;
}

/**
 * Writes the rows of the `size` greatest scores into `rows`, in row order; among equals the first ones.
 * `work` has room for the keys, a second list of rows and 256 counts; `scores` has room up to fours.
 */
export function select(scores: u32, count: u32, size: u32, rows: u32, work: u32): void {
  const keys = work;
  const end = keys + ((count + 3) & ~3) * 4;
  const zero = f32x4.splat(0);
  const low31 = i32x4.splat(0x7fffffff);
  for (let at = keys; at < end; at += 16) {
    // Adding zero makes one zero of both.
    const bits = v128.add<f32>(v128.load(scores + (at - keys)), zero);
    v128.store(at, v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), low31)));
  }
  for (let at = keys + count * 4; at < end; at += 4) store<i32>(at, i32.MIN_VALUE);
  const least = boundOf(keys, end, size);
  let above: u32 = 0;
  if (least < i32.MAX_VALUE) above = countFrom(keys, end, least + 1);
  let ties: i32 = size - above;
  let to = rows;
  for (let row: u32 = 0; row < count; row++) {
    const key = load<i32>(keys + row * 4);
    const tie = i32(key == least) & i32(ties > 0);
    ties -= tie;
    store<u32>(to, row);
    to += (u32(key > least) | tie) << 2;
  }
}

/** As `select`, then in the order of falling score, equal ones in row order: a radix sort of the keys. */
export function top(scores: u32, count: u32, size: u32, rows: u32, work: u32): void {
  select(scores, count, size, rows, work);
  let from = rows;
  let to = work + otherRows;
  for (let shift = 0; shift < 32; shift += 8) {
    memory.fill(work + digits, 0, 1024);
    for (let i: u32 = 0; i < size; i++) {
      const bin = binOf(work, load<u32>(from + i * 4), shift);
      store<u32>(bin, load<u32>(bin) + 1);
    }
    let sum: u32 = 0;
    for (let bin = work + digits; bin < work + digits + 1024; bin += 4) {
      const here = load<u32>(bin);
      store<u32>(bin, sum);
      sum += here;
    }
    for (let i: u32 = 0; i < size; i++) {
      const row = load<u32>(from + i * 4);
      const bin = binOf(work, row, shift);
      const place = load<u32>(bin);
      store<u32>(bin, place + 1);
      store<u32>(to + place * 4, row);
    }
    const other = from;
    from = to;
    to = other;
  }
}

/** Where the count of a row's digit stands; digits of the greatest key come first. */
@inline
function binOf(work: u32, row: u32, shift: i32): u32 {
  const key = ~(load<u32>(work + row * 4) ^ 0x80000000);
  return work + digits + (((key >> shift) & 255) << 2);
}
