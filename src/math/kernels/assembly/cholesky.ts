/** Subtracts from four rows by eight columns of the matrix what the rows above, already factors, take of them. */
@inline
function subtractAbove(matrix: u32, rowBytes: u32, row: u32, column: u32): void {
  const place = matrix + row * rowBytes + column;
  let s00 = v128.load(place);
  let s01 = v128.load(place, 16);
  let s10 = v128.load(place + rowBytes);
  let s11 = v128.load(place + rowBytes, 16);
  let s20 = v128.load(place + 2 * rowBytes);
  let s21 = v128.load(place + 2 * rowBytes, 16);
  let s30 = v128.load(place + 3 * rowBytes);
  let s31 = v128.load(place + 3 * rowBytes, 16);
  let above = matrix + column;
  let factors = matrix + (row << 2);
  for (; above < place; above += rowBytes) {
    const b0 = v128.load(above);
    const b1 = v128.load(above, 16);
    let factor = v128.load32_splat(factors);
    s00 = f32x4.sub(s00, f32x4.mul(factor, b0));
    s01 = f32x4.sub(s01, f32x4.mul(factor, b1));
    factor = v128.load32_splat(factors, 4);
    s10 = f32x4.sub(s10, f32x4.mul(factor, b0));
    s11 = f32x4.sub(s11, f32x4.mul(factor, b1));
    factor = v128.load32_splat(factors, 8);
    s20 = f32x4.sub(s20, f32x4.mul(factor, b0));
    s21 = f32x4.sub(s21, f32x4.mul(factor, b1));
    factor = v128.load32_splat(factors, 12);
    s30 = f32x4.sub(s30, f32x4.mul(factor, b0));
    s31 = f32x4.sub(s31, f32x4.mul(factor, b1));
    factors += rowBytes;
  }
  v128.store(place, s00);
  v128.store(place, s01, 16);
  v128.store(place + rowBytes, s10);
  v128.store(place + rowBytes, s11, 16);
  v128.store(place + 2 * rowBytes, s20);
  v128.store(place + 2 * rowBytes, s21, 16);
  v128.store(place + 3 * rowBytes, s30);
  v128.store(place + 3 * rowBytes, s31, 16);
}

/**
 * Factors four rows from the diagonal on: their first four numbers one by one, then all others at a time. The diagonal
 * gets the reciprocals of the factor's.
 */
@inline
function factorRows(matrix: u32, rowBytes: u32, row: u32, bytes: u32): void {
  const d0 = matrix + row * rowBytes + (row << 2);
  const d1 = d0 + rowBytes;
  const d2 = d1 + rowBytes;
  const d3 = d2 + rowBytes;
  const r0: f32 = <f32>1 / sqrt<f32>(load<f32>(d0));
  const u01 = load<f32>(d0, 4) * r0;
  const u02 = load<f32>(d0, 8) * r0;
  const u03 = load<f32>(d0, 12) * r0;
  const r1: f32 = <f32>1 / sqrt<f32>(load<f32>(d1, 4) - u01 * u01);
  const u12 = (load<f32>(d1, 8) - u01 * u02) * r1;
  const u13 = (load<f32>(d1, 12) - u01 * u03) * r1;
  const r2: f32 = <f32>1 / sqrt<f32>(load<f32>(d2, 8) - u02 * u02 - u12 * u12);
  const u23 = (load<f32>(d2, 12) - u02 * u03 - u12 * u13) * r2;
  const r3: f32 = <f32>1 / sqrt<f32>(load<f32>(d3, 12) - u03 * u03 - u13 * u13 - u23 * u23);
  store<f32>(d0, r0);
  store<f32>(d0, u01, 4);
  store<f32>(d0, u02, 8);
  store<f32>(d0, u03, 12);
  store<f32>(d1, r1, 4);
  store<f32>(d1, u12, 8);
  store<f32>(d1, u13, 12);
  store<f32>(d2, r2, 8);
  store<f32>(d2, u23, 12);
  store<f32>(d3, r3, 12);
  const end = matrix + row * rowBytes + bytes;
  for (let at = d0 + 16; at < end; at += 16) {
    const v0 = f32x4.mul(v128.load(at), f32x4.splat(r0));
    let v1 = v128.load(at + rowBytes);
    v1 = f32x4.mul(f32x4.sub(v1, f32x4.mul(v0, f32x4.splat(u01))), f32x4.splat(r1));
    let v2 = v128.load(at + 2 * rowBytes);
    v2 = f32x4.sub(v2, f32x4.mul(v0, f32x4.splat(u02)));
    v2 = f32x4.mul(f32x4.sub(v2, f32x4.mul(v1, f32x4.splat(u12))), f32x4.splat(r2));
    let v3 = v128.load(at + 3 * rowBytes);
    v3 = f32x4.sub(v3, f32x4.mul(v0, f32x4.splat(u03)));
    v3 = f32x4.sub(v3, f32x4.mul(v1, f32x4.splat(u13)));
    v3 = f32x4.mul(f32x4.sub(v3, f32x4.mul(v2, f32x4.splat(u23))), f32x4.splat(r3));
    v128.store(at, v0);
    v128.store(at + rowBytes, v1);
    v128.store(at + 2 * rowBytes, v2);
    v128.store(at + 3 * rowBytes, v3);
  }
}

/** Solves four rows of Uᵀ y = b, and takes their part of the rest of b away. */
@inline
function solveDown(matrix: u32, rowBytes: u32, row: u32, vector: u32, bytes: u32): void {
  const d0 = matrix + row * rowBytes + (row << 2);
  const d1 = d0 + rowBytes;
  const d2 = d1 + rowBytes;
  const d3 = d2 + rowBytes;
  const place = vector + (row << 2);
  const y0 = load<f32>(place) * load<f32>(d0);
  const y1 = (load<f32>(place, 4) - y0 * load<f32>(d0, 4)) * load<f32>(d1, 4);
  const y2 =
    (load<f32>(place, 8) - y0 * load<f32>(d0, 8) - y1 * load<f32>(d1, 8)) * load<f32>(d2, 8);
  let y3 = load<f32>(place, 12) - y0 * load<f32>(d0, 12) - y1 * load<f32>(d1, 12);
  y3 = (y3 - y2 * load<f32>(d2, 12)) * load<f32>(d3, 12);
  store<f32>(place, y0);
  store<f32>(place, y1, 4);
  store<f32>(place, y2, 8);
  store<f32>(place, y3, 12);
  const end = vector + bytes;
  let at = d0 + 16;
  for (let to = place + 16; to < end; to += 16) {
    let v = v128.load(to);
    v = f32x4.sub(v, f32x4.mul(f32x4.splat(y0), v128.load(at)));
    v = f32x4.sub(v, f32x4.mul(f32x4.splat(y1), v128.load(at + rowBytes)));
    v = f32x4.sub(v, f32x4.mul(f32x4.splat(y2), v128.load(at + 2 * rowBytes)));
    v = f32x4.sub(v, f32x4.mul(f32x4.splat(y3), v128.load(at + 3 * rowBytes)));
    v128.store(to, v);
    at += 16;
  }
}

@inline
function laneSum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

@inline
function vectorOf(a: f32, b: f32, c: f32, d: f32): v128 {
  const ab = f32x4.replace_lane(f32x4.splat(a), 1, b);
  const cd = f32x4.replace_lane(f32x4.splat(c), 1, d);
  return v128.shuffle<f32>(ab, cd, 0, 1, 4, 5);
}

/** Solves four rows of U x = y, where those behind them are solved. */
@inline
function solveUp(matrix: u32, rowBytes: u32, row: u32, vector: u32, bytes: u32): void {
  const d0 = matrix + row * rowBytes + (row << 2);
  const d1 = d0 + rowBytes;
  const d2 = d1 + rowBytes;
  const d3 = d2 + rowBytes;
  const place = vector + (row << 2);
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  // The newest numbers come last, for they are the last to be there.
  let at = matrix + row * rowBytes + bytes - 16;
  for (let from = vector + bytes - 16; from > place; from -= 16) {
    const x = v128.load(from);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(at)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(at + rowBytes)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(at + 2 * rowBytes)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(at + 3 * rowBytes)));
    at -= 16;
  }
  const x3 = (load<f32>(place, 12) - laneSum(s3)) * load<f32>(d3, 12);
  const x2 = (load<f32>(place, 8) - laneSum(s2) - x3 * load<f32>(d2, 12)) * load<f32>(d2, 8);
  let x1 = load<f32>(place, 4) - laneSum(s1) - x3 * load<f32>(d1, 12);
  x1 = (x1 - x2 * load<f32>(d1, 8)) * load<f32>(d1, 4);
  let x0 = load<f32>(place) - laneSum(s0) - x3 * load<f32>(d0, 12);
  x0 = (x0 - x2 * load<f32>(d0, 8) - x1 * load<f32>(d0, 4)) * load<f32>(d0);
  // One store: a load of what several wrote would have to wait.
  v128.store(place, vectorOf(x0, x1, x2, x3));
}

/**
 * Solves a symmetric, positive definite system of `bytes` / 4 equations in place, by Cholesky's factor A = UᵀU. Of the matrix
 * the numbers on and above the diagonal are read; it becomes U, with reciprocals on the diagonal.
 */
@inline
export function solveSystem(matrix: u32, rowBytes: u32, vector: u32, bytes: u32): void {
  const size = bytes >> 2;
  for (let row: u32 = 0; row < size; row += 4) {
    // A block that begins left of the diagonal changes numbers below it, which nobody reads.
    for (let column = (row << 2) & ~31; column < bytes; column += 32) {
      subtractAbove(matrix, rowBytes, row, column);
    }
    factorRows(matrix, rowBytes, row, bytes);
    solveDown(matrix, rowBytes, row, vector, bytes);
  }
  for (let row = <i32>size - 4; row >= 0; row -= 4) {
    solveUp(matrix, rowBytes, row, vector, bytes);
  }
}

/**
 * Solves the symmetric, positive definite systems `from` to `to` - 1 of `size` equations, a multiple of 8, each by its
 * Cholesky factor A = UᵀU. System s is the row-major matrix at `matrices` + s · size · rowBytes, of which the numbers on and
 * above the diagonal are read, and the right-hand side at `vectors` + s · size · 4, which becomes the solution. The matrix
 * becomes U, with reciprocals on the diagonal; what is below it is of no meaning. NaN where a matrix is not positive
 * definite. Rows a power of two apart share cache lines in large systems: `rowBytes`, a multiple of 32, may be more than
 * size · 4. O(size³ / 3).
 */
export function cholesky(
  from: u32,
  to: u32,
  scratch: u32,
  matrices: u32,
  rowBytes: u32,
  vectors: u32,
  size: u32,
): void {
  const bytes = size << 2;
  for (let system = from; system < to; system++) {
    solveSystem(matrices + system * size * rowBytes, rowBytes, vectors + system * bytes, bytes);
  }
}
