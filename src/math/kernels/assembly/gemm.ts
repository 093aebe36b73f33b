/** Rows of `b` that are multiplied at a time; a panel of them, eight columns wide, stays in the first cache. */
const depth: u32 = 256;
const panelBytes: u32 = 32;

/** Copies `inner` rows of eight columns, one behind the other. */
@inline
function pack(panel: u32, b: u32, bRowBytes: u32, inner: u32): void {
  for (let k: u32 = 0; k < inner; k++) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    panel += panelBytes;
    b += bRowBytes;
  }
}

/** Four rows by eight columns. */
@inline
function block4(a: u32, aRow: u32, aColumn: u32, panel: u32, inner: u32, c: u32, cRow: u32): void {
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c + cRow);
  let s11 = v128.load(c + cRow, 16);
  let s20 = v128.load(c + 2 * cRow);
  let s21 = v128.load(c + 2 * cRow, 16);
  let s30 = v128.load(c + 3 * cRow);
  let s31 = v128.load(c + 3 * cRow, 16);
  for (const end = panel + inner * panelBytes; panel < end; panel += panelBytes) {
    const b0 = v128.load(panel);
    const b1 = v128.load(panel, 16);
    let value = v128.load32_splat(a);
    s00 = f32x4.add(s00, f32x4.mul(value, b0));
    s01 = f32x4.add(s01, f32x4.mul(value, b1));
    value = v128.load32_splat(a + aRow);
    s10 = f32x4.add(s10, f32x4.mul(value, b0));
    s11 = f32x4.add(s11, f32x4.mul(value, b1));
    value = v128.load32_splat(a + 2 * aRow);
    s20 = f32x4.add(s20, f32x4.mul(value, b0));
    s21 = f32x4.add(s21, f32x4.mul(value, b1));
    value = v128.load32_splat(a + 3 * aRow);
    s30 = f32x4.add(s30, f32x4.mul(value, b0));
    s31 = f32x4.add(s31, f32x4.mul(value, b1));
    a += aColumn;
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c + cRow, s10);
  v128.store(c + cRow, s11, 16);
  v128.store(c + 2 * cRow, s20);
  v128.store(c + 2 * cRow, s21, 16);
  v128.store(c + 3 * cRow, s30);
  v128.store(c + 3 * cRow, s31, 16);
}

/** One row by eight columns. */
@inline
function block1(a: u32, aColumn: u32, panel: u32, inner: u32, c: u32): void {
  let s0 = v128.load(c);
  let s1 = v128.load(c, 16);
  for (const end = panel + inner * panelBytes; panel < end; panel += panelBytes) {
    const value = v128.load32_splat(a);
    s0 = f32x4.add(s0, f32x4.mul(value, v128.load(panel)));
    s1 = f32x4.add(s1, f32x4.mul(value, v128.load(panel, 16)));
    a += aColumn;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
}

/**
 * Rows `from` to `to` - 1 of c += a · b, c and b row-major with `columns` a multiple of 8. The number at (r, k) of a
 * stands at a + r · aRow + k · aColumn, so that a transposed is the same call with both swapped. `scratch` needs 8 KiB.
 */
export function gemm(
  from: u32,
  to: u32,
  scratch: u32,
  a: u32,
  aRow: u32,
  aColumn: u32,
  b: u32,
  bRow: u32,
  c: u32,
  cRow: u32,
  inner: u32,
  columns: u32,
): void {
  for (let k: u32 = 0; k < inner; k += depth) {
    const deep = min(depth, inner - k);
    const source = a + k * aColumn;
    for (let column: u32 = 0; column < columns << 2; column += panelBytes) {
      pack(scratch, b + k * bRow + column, bRow, deep);
      let row = from;
      for (; row + 4 <= to; row += 4) {
        block4(source + row * aRow, aRow, aColumn, scratch, deep, c + row * cRow + column, cRow);
      }
      for (; row < to; row++) {
        block1(source + row * aRow, aColumn, scratch, deep, c + row * cRow + column);
      }
    }
  }
}
