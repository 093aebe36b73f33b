/** Bytes of one step of a panel: eight columns. */
const stepBytes: u32 = 32;

/** Bytes from one row of a symmetric matrix of `size` to the next; not a power of two, which caches dislike. */
@inline
export function symmetricRow(size: u32): u32 {
  return (size + 8) << 2;
}

/** Four rows by eight columns of out += a · b, or of out -= a · b; `a` and `b` are panels of `inner` steps. */
@inline
function block(a: u32, b: u32, inner: u32, out: u32, row: u32, isMinus: bool): void {
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
  put(out, s00, s01, isMinus);
  put(out + row, s10, s11, isMinus);
  put(out + 2 * row, s20, s21, isMinus);
  put(out + 3 * row, s30, s31, isMinus);
}

@inline
function put(out: u32, low: v128, high: v128, isMinus: bool): void {
  const before = v128.load(out);
  const beforeHigh = v128.load(out, 16);
  v128.store(out, isMinus ? f32x4.sub(before, low) : f32x4.add(before, low));
  v128.store(out, isMinus ? f32x4.sub(beforeHigh, high) : f32x4.add(beforeHigh, high), 16);
}

/**
 * Adds panelᵀ · panel to the lower triangle of a symmetric matrix of `size`, a multiple of 8. A panel holds eight columns
 * after the other, each eight as `inner` steps of eight numbers.
 */
@inline
export function addProducts(panel: u32, inner: u32, size: u32, matrix: u32): void {
  const row = symmetricRow(size);
  const group = inner * stepBytes;
  for (let column: u32 = 0; column < size; column += 8) {
    const b = panel + (column >> 3) * group;
    for (let i = column; i < size; i += 4) {
      const a = panel + (i >> 3) * group + ((i & 4) << 2);
      block(a, b, inner, matrix + i * row + (column << 2), row, false);
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

/** Copies eight by eight numbers, rows as columns. */
@inline
function turn(from: u32, fromRow: u32, to: u32, toRow: u32): void {
  for (let i: u32 = 0; i < 2; i++) {
    for (let j: u32 = 0; j < 2; j++) {
      const a = from + 4 * i * fromRow + 16 * j;
      storeTurned(
        to + 4 * j * toRow + 16 * i,
        toRow,
        v128.load(a),
        v128.load(a + fromRow),
        v128.load(a + 2 * fromRow),
        v128.load(a + 3 * fromRow),
      );
    }
  }
}

/** Factors the eight by eight numbers on the diagonal; the diagonal of the factor is left as 1 / L. */
@inline
function factorCorner(corner: u32, row: u32): void {
  for (let k: u32 = 0; k < 8; k++) {
    const at = corner + k * row;
    for (let j: u32 = 0; j <= k; j++) {
      const other = corner + j * row;
      let sum = load<f32>(at + (j << 2));
      for (let p: u32 = 0; p < j; p++) {
        sum -= load<f32>(at + (p << 2)) * load<f32>(other + (p << 2));
      }
      if (j < k) store<f32>(at + (j << 2), sum * load<f32>(other + (j << 2)));
      else store<f32>(at + (j << 2), <f32>1 / sqrt<f32>(sum));
    }
  }
}

/** Divides a panel of eight steps by the transposed factor of the corner. */
@inline
function divideByCorner(panel: u32, corner: u32, row: u32): void {
  for (let k: u32 = 0; k < 8; k++) {
    const at = panel + k * stepBytes;
    let low = v128.load(at);
    let high = v128.load(at, 16);
    for (let p: u32 = 0; p < k; p++) {
      const value = v128.load32_splat(corner + k * row + (p << 2));
      low = f32x4.sub(low, f32x4.mul(value, v128.load(panel + p * stepBytes)));
      high = f32x4.sub(high, f32x4.mul(value, v128.load(panel + p * stepBytes, 16)));
    }
    const inverse = v128.load32_splat(corner + k * row + (k << 2));
    v128.store(at, f32x4.mul(inverse, low));
    v128.store(at, f32x4.mul(inverse, high), 16);
  }
}

/**
 * Solves matrix · x = x in place by Cholesky's factors, eight columns at a time; of the matrix, the lower triangle is read
 * and overwritten. `size` is a multiple of 8; `work` has room for 8 · `size` numbers.
 */
@inline
export function solveSymmetric(matrix: u32, size: u32, x: u32, work: u32): void {
  const row = symmetricRow(size);
  for (let k: u32 = 0; k < size; k += 8) {
    const corner = matrix + k * row + (k << 2);
    factorCorner(corner, row);
    for (let i = k + 8; i < size; i += 8) {
      const panel = work + i * stepBytes;
      turn(matrix + i * row + (k << 2), row, panel, stepBytes);
      divideByCorner(panel, corner, row);
      turn(panel, stepBytes, matrix + i * row + (k << 2), row);
    }
    for (let j = k + 8; j < size; j += 8) {
      for (let i = j; i < size; i += 4) {
        const a = work + (i & ~7) * stepBytes + ((i & 4) << 2);
        block(a, work + j * stepBytes, 8, matrix + i * row + (j << 2), row, true);
      }
    }
  }
  substitute(matrix, size, x);
}

/** Forwards through the factor, then back through the transposed one. */
@inline
function substitute(matrix: u32, size: u32, x: u32): void {
  const row = symmetricRow(size);
  for (let i: u32 = 0; i < size; i++) {
    const at = matrix + i * row;
    let sums = f32x4.splat(0);
    let k: u32 = 0;
    for (; k + 4 <= i; k += 4) {
      sums = f32x4.add(sums, f32x4.mul(v128.load(at + (k << 2)), v128.load(x + (k << 2))));
    }
    let sum =
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      f32x4.extract_lane(sums, 2) +
      f32x4.extract_lane(sums, 3);
    for (; k < i; k++) sum += load<f32>(at + (k << 2)) * load<f32>(x + (k << 2));
    store<f32>(x + (i << 2), (load<f32>(x + (i << 2)) - sum) * load<f32>(at + (i << 2)));
  }
  for (let i = size; i-- > 0; ) {
    const at = matrix + i * row;
    const value = load<f32>(x + (i << 2)) * load<f32>(at + (i << 2));
    store<f32>(x + (i << 2), value);
    const values = f32x4.splat(value);
    let k: u32 = 0;
    for (; k + 4 <= i; k += 4) {
      const place = x + (k << 2);
      v128.store(place, f32x4.sub(v128.load(place), f32x4.mul(values, v128.load(at + (k << 2)))));
    }
    for (; k < i; k++) {
      store<f32>(x + (k << 2), load<f32>(x + (k << 2)) - value * load<f32>(at + (k << 2)));
    }
  }
}
