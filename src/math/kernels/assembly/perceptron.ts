/** Writes one row of `bytes`, a multiple of 16, into the rows `from` to `to` - 1. */
export function fillRows(
  from: u32,
  to: u32,
  scratch: u32,
  row: u32,
  out: u32,
  bytes: u32,
): void {
  for (let i = from; i < to; i++) memory.copy(out + i * bytes, row, bytes);
}

/** The finaliser of MurmurHash3 on four numbers. */
@inline
function hash(bits: v128): v128 {
  bits = v128.xor(bits, i32x4.shr_u(bits, 16));
  bits = i32x4.mul(bits, i32x4.splat(0x85ebca6b));
  bits = v128.xor(bits, i32x4.shr_u(bits, 13));
  bits = i32x4.mul(bits, i32x4.splat(0xc2b2ae35));
  return v128.xor(bits, i32x4.shr_u(bits, 16));
}

/**
 * Rectifies rows `from` to `to` - 1 in place, and drops out (Srivastava et al. 2014): a number whose hash of place and
 * seed is below `dropped` becomes 0, the others are multiplied by `scale`. `bytes` per row is a multiple of 16.
 */
export function rectify(
  from: u32,
  to: u32,
  scratch: u32,
  out: u32,
  bytes: u32,
  dropped: u32,
  scale: f32,
  seed: u32,
): void {
  const zero = f32x4.splat(0);
  const lanes = i32x4(0, 1, 2, 3);
  for (let at = from * bytes; at < to * bytes; at += 16) {
    let x = f32x4.mul(f32x4.pmax(zero, v128.load(out + at)), f32x4.splat(scale));
    if (dropped) {
      const place = i32x4.add(i32x4.splat(at >> 2), lanes);
      const bits = hash(v128.xor(hash(place), i32x4.splat(seed)));
      x = v128.and(x, i32x4.ge_u(bits, i32x4.splat(dropped)));
    }
    v128.store(out + at, x);
  }
}

/** Derivatives behind `rectify` into those before it, in place: 0 where it gave 0, else times `scale`. */
export function rectifyBack(
  from: u32,
  to: u32,
  scratch: u32,
  out: u32,
  slopes: u32,
  bytes: u32,
  scale: f32,
): void {
  const zero = f32x4.splat(0);
  for (let at = from * bytes; at < to * bytes; at += 16) {
    const isOpen = f32x4.gt(v128.load(out + at), zero);
    const slope = f32x4.mul(v128.load(slopes + at), f32x4.splat(scale));
    v128.store(slopes + at, v128.and(slope, isOpen));
  }
}

/**
 * One step of Adam (Kingma & Ba 2015) on rows of 16 numbers; the gradient is 0 afterwards. `rate` holds the correction
 * of the moments.
 */
export function adam(
  from: u32,
  to: u32,
  scratch: u32,
  weights: u32,
  gradient: u32,
  means: u32,
  variances: u32,
  rate: f32,
): void {
  for (let at = from << 6; at < to << 6; at += 16) {
    const g = v128.load(gradient + at);
    const ms = f32x4.add(
      f32x4.mul(f32x4.splat(0.9), v128.load(means + at)),
      f32x4.mul(f32x4.splat(0.1), g),
    );
    const vs = f32x4.add(
      f32x4.mul(f32x4.splat(0.999), v128.load(variances + at)),
      f32x4.mul(f32x4.splat(0.001), f32x4.mul(g, g)),
    );
    v128.store(means + at, ms);
    v128.store(variances + at, vs);
    v128.store(gradient + at, f32x4.splat(0));
    const step = f32x4.div(
      f32x4.mul(f32x4.splat(rate), ms),
      f32x4.add(f32x4.sqrt(vs), f32x4.splat(1e-8)),
    );
    v128.store(weights + at, f32x4.sub(v128.load(weights + at), step));
  }
}

/**
 * Writes `row` plus one row of a table into each of the rows `from` to `to` - 1: that which `list` names. `bytes` per
 * row is a multiple of 16.
 */
export function gatherAdd(
  from: u32,
  to: u32,
  scratch: u32,
  list: u32,
  table: u32,
  row: u32,
  out: u32,
  bytes: u32,
): void {
  for (let i = from; i < to; i++) {
    const source = table + load<u32>(list + (i << 2)) * bytes;
    const target = out + i * bytes;
    for (let at: u32 = 0; at < bytes; at += 16) {
      v128.store(target + at, f32x4.add(v128.load(source + at), v128.load(row + at)));
    }
  }
}
