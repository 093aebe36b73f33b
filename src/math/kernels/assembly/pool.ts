/** Replaces scores x by weight · ln(1 + scale · x) with scale = room / sum, adds them to the totals, and
 * returns how many were negative or not finite; those count as 0. `count` is rounded up to fours, so both
 * lists need room for that, and zeros there. */
export function pool(column: u32, totals: u32, count: u32, weight: f32, room: f32): u32 {
  const end = column + ((count + 3) & ~3) * 4;
  const zero = f32x4.splat(0);
  const infinity = f32x4.splat(Infinity);
  let sums = zero;
  let refused: u32 = 0;
  for (let at = column; at < end; at += 16) {
    const x = v128.load(at);
    const good = v128.and(v128.ge<f32>(x, zero), v128.lt<f32>(x, infinity));
    refused += 4 - popcnt<i32>(v128.bitmask<i32>(good));
    const kept = v128.and(x, good);
    v128.store(at, kept);
    sums = v128.add<f32>(sums, kept);
  }
  const sum =
    v128.extract_lane<f32>(sums, 0) +
    v128.extract_lane<f32>(sums, 1) +
    v128.extract_lane<f32>(sums, 2) +
    v128.extract_lane<f32>(sums, 3);
  // A sum so small that the scale would not fit is no opinion.
  const scale = f32x4.splat(sum > 1e-33 ? room / sum : 0);
  const one = f32x4.splat(1);
  const weights = f32x4.splat(weight);
  const mantissa = i32x4.splat(0x7fffff);
  const step = f32x4.splat(1.0 / 8388608.0);
  const bias = i32x4.splat(127);
  const ln2 = f32x4.splat(0.6931471805599453);
  for (let at = column; at < end; at += 16) {
    const bits = v128.add<f32>(one, v128.mul<f32>(scale, v128.load(at)));
    const t = v128.mul<f32>(f32x4.convert_i32x4_s(v128.and(bits, mantissa)), step);
    const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), bias));
    let p = v128.add<f32>(v128.mul<f32>(t, f32x4.splat(-0.017622459)), f32x4.splat(0.083529574));
    p = v128.add<f32>(v128.mul<f32>(t, p), f32x4.splat(-0.191594482));
    p = v128.add<f32>(v128.mul<f32>(t, p), f32x4.splat(0.316599881));
    p = v128.add<f32>(v128.mul<f32>(t, p), f32x4.splat(-0.497651086));
    p = v128.add<f32>(v128.mul<f32>(t, p), f32x4.splat(0.999885753));
    const part = v128.mul<f32>(
      weights,
      v128.add<f32>(v128.mul<f32>(exponent, ln2), v128.mul<f32>(t, p)),
    );
    v128.store(at, part);
    const to = totals + (at - column);
    v128.store(to, v128.add<f32>(v128.load(to), part));
  }
  return refused;
}
