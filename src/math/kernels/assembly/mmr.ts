import { dot4, rowOf } from './dot';

/** Cosines stay in -1 to 1 whatever the rounding; what is not a number becomes -1. */
@inline
function clamp(cosine: v128): v128 {
  return f32x4.pmin(f32x4.splat(1), f32x4.pmax(f32x4.splat(-1), cosine));
}

/** The greatest lane, in every lane. */
@inline
function laneMax(a: v128): v128 {
  const b = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.pmax(b, v128.shuffle<f32>(b, b, 1, 0, 3, 2));
}

/** The greatest of `size` bytes of numbers, in every lane. */
@inline
function greatest(values: u32, size: u32): v128 {
  let best = v128.load(values);
  for (let i: u32 = 16; i < size; i += 16) best = f32x4.pmax(best, v128.load(values + i));
  return laneMax(best);
}

/** Byte offset of the first number equal to the lanes of `target`, which must be there. */
@inline
function first(values: u32, size: u32, target: v128): u32 {
  let at: u32 = 0;
  let equal: u32 = 0;
  for (; at < size; at += 16) {
    equal = i32x4.bitmask(f32x4.eq(v128.load(values + at), target));
    if (equal) break;
  }
  return at + (ctz(equal) << 2);
}

/** Replaces scores by (1 - diversity) · relevance; -Infinity behind `count`. */
function weigh(scores: u32, count: u32, size: u32, diversity: f32): void {
  for (let i: u32 = count << 2; i < size; i += 4) store<f32>(scores + i, NaN);
  const top = f32x4.splat(Infinity);
  const bottom = f32x4.splat(-Infinity);
  let lows = top;
  let highs = bottom;
  for (let i: u32 = 0; i < size; i += 16) {
    const score = v128.load(scores + i);
    const finite = f32x4.lt(f32x4.abs(score), top);
    lows = f32x4.pmin(lows, v128.bitselect(score, top, finite));
    highs = f32x4.pmax(highs, v128.bitselect(score, bottom, finite));
  }
  const low = -f32x4.extract_lane(laneMax(f32x4.neg(lows)), 0);
  const high = f32x4.extract_lane(laneMax(highs), 0);
  // Halved where the range of finite scores would not be finite.
  const scale: f32 = high - low < Infinity ? 1 : 0.5;
  const range = high * scale - low * scale;
  const flat = !(range > 0);
  const base = f32x4.splat(low < Infinity ? low : 0);
  const scales = f32x4.splat(scale);
  const keep = f32x4.splat(<f32>1 - diversity);
  for (let i: u32 = 0; i < size; i += 16) {
    const score = v128.load(scores + i);
    const known = v128.bitselect(score, base, f32x4.lt(f32x4.abs(score), top));
    // Diversity 0 takes the scores as they are, so that rounding merges none of them.
    let gain = known;
    if (diversity != 0) {
      const above = f32x4.sub(f32x4.mul(known, scales), f32x4.mul(base, scales));
      gain = flat ? f32x4.splat(0) : f32x4.mul(keep, f32x4.div(above, f32x4.splat(range)));
    }
    v128.store(scores + i, gain);
  }
  for (let i: u32 = count << 2; i < size; i += 4) store<f32>(scores + i, -Infinity);
}

/** Makes each value the greatest it can be after the first choice: nothing is compared, every cosine may be -1. */
function bound(
  gains: u32,
  size: u32,
  weight: v128,
  values: u32,
  cosines: u32,
  compared: u32,
): void {
  for (let i: u32 = 0; i < size; i += 16) {
    v128.store(cosines + i, f32x4.splat(-1));
    store<u32>(compared + i, 0);
    v128.store(values + i, f32x4.add(v128.load(gains + i), weight));
  }
}

/**
 * Greedy maximal marginal relevance. A similarity to the chosen only grows, so a value worked out earlier is an
 * upper bound: each step visits blocks of four candidates, the most promising first, and brings only those up to
 * date whose bound reaches the best value so far.
 *
 * `items` becomes addresses and `scores` gains; these lists and `work` (four lists) have room for `count`
 * rounded up to fours.
 */
export function mmr(
  rows: u32,
  rowCount: u32,
  bytes: u32,
  items: u32,
  scores: u32,
  count: u32,
  wanted: u32,
  diversity: f32,
  order: u32,
  work: u32,
): void {
  const size = ((count + 3) & ~3) << 2;
  const values = work;
  const cosines = work + size;
  const compared = cosines + size;
  const chosen = compared + size;
  weigh(scores, count, size, diversity);
  memory.copy(values, scores, size);
  // What stands behind `count` is any item: its value stays -Infinity.
  for (let i: u32 = 0; i < size; i += 4) {
    store<u32>(items + i, rowOf(rows, rowCount, bytes, load<u32>(items + i)));
  }
  const weight = f32x4.splat(diversity);
  for (let step: u32 = 0; step < wanted; step++) {
    let at = first(values, size, greatest(values, size));
    if (step > 0 && diversity != 0) {
      let best = f32x4.splat(-Infinity);
      let i = at & ~15;
      let next: u32 = 0;
      while (i < size) {
        let value = v128.load(values + i);
        if (v128.any_true(f32x4.ge(value, best))) {
          let n = load<u32>(compared + i);
          if (n < step) {
            const a = load<u32>(items + i);
            const b = load<u32>(items + i, 4);
            const c = load<u32>(items + i, 8);
            const d = load<u32>(items + i, 12);
            const gain = v128.load(scores + i);
            let cosine = v128.load(cosines + i);
            do {
              const row = load<u32>(chosen + (n << 2));
              cosine = f32x4.pmax(cosine, clamp(dot4(row, a, b, c, d, bytes)));
              value = f32x4.sub(gain, f32x4.mul(weight, cosine));
              n++;
            } while (n < step && v128.any_true(f32x4.ge(value, best)));
            store<u32>(compared + i, n);
            v128.store(cosines + i, cosine);
            v128.store(values + i, value);
          }
          if (n == step) best = f32x4.pmax(best, laneMax(value));
        }
        i = next;
        next += 16;
      }
      at = first(values, size, best);
    }
    const row = load<u32>(items + at);
    store<u32>(order + (step << 2), at >> 2);
    store<u32>(chosen + (step << 2), row);
    store<f32>(scores + at, -Infinity);
    store<f32>(values + at, -Infinity);
    if (step == 0 && diversity != 0) bound(scores, size, weight, values, cosines, compared);
  }
}
