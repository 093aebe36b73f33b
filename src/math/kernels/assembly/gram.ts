/** Bytes of one step of a panel: eight columns. */
const stepBytes: u32 = 32;

/** Bytes from one row of a symmetric matrix of `size` to the next; not a power of two, which caches dislike. */
@inline
export function symmetricRow(size: u32): u32 {
  return (size + 8) << 2;
}

/** Four rows by eight columns of out += aᵀ · b; `a` and `b` are panels of `inner` steps. */
@inline
function block(a: u32, b: u32, inner: u32, out: u32, row: u32): void {
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0);
  let s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0);
  let s31 = f32x4.splat(0);
  for (const end = b + inner * stepBytes; b < end; b += stepBytes) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let value = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(value, b0));
    s01 = f32x4.add(s01, f32x4.mul(value, b1));
    value = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(value, b0));
    s11 = f32x4.add(s11, f32x4.mul(value, b1));
    value = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(value, b0));
    s21 = f32x4.add(s21, f32x4.mul(value, b1));
    value = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(value, b0));
    s31 = f32x4.add(s31, f32x4.mul(value, b1));
    a += stepBytes;
  }
  addTo(out, s00, s01);
  addTo(out + row, s10, s11);
  addTo(out + 2 * row, s20, s21);
  addTo(out + 3 * row, s30, s31);
}

@inline
function addTo(out: u32, low: v128, high: v128): void {
  v128.store(out, f32x4.add(v128.load(out), low));
  v128.store(out, f32x4.add(v128.load(out, 16), high), 16);
}

/**
 * Adds panelᵀ · panel to the upper triangle of a symmetric matrix of `size`, a multiple of 8. A panel holds eight columns
 * after the other, each eight as `inner` steps of eight numbers.
 */
@inline
export function addProducts(panel: u32, inner: u32, size: u32, matrix: u32): void {
  const row = symmetricRow(size);
  const group = inner * stepBytes;
  for (let i: u32 = 0; i < size; i += 4) {
    const a = panel + (i >> 3) * group + ((i & 4) << 2);
    for (let column = i & ~7; column < size; column += 8) {
      const b = panel + (column >> 3) * group;
      block(a, b, inner, matrix + i * row + (column << 2), row);
    }
  }
}

/** Turns four vectors of four numbers around and stores them `step` bytes apart. */
@inline
export function storeTurned(to: u32, step: u32, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
}
