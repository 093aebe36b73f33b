/** Sums of the four lanes of four vectors, as the four lanes of one: (lane 0 + lane 1) + (lane 2 + lane 3). */
@inline
function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab0 = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
  const ab1 = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 2, 4, 6);
  const cd1 = v128.shuffle<f32>(c, d, 1, 3, 5, 7);
  const ab = v128.add<f32>(ab0, ab1);
  const cd = v128.add<f32>(cd0, cd1);
  return v128.add<f32>(
    v128.shuffle<f32>(ab, cd, 0, 2, 4, 6),
    v128.shuffle<f32>(ab, cd, 1, 3, 5, 7),
  );
}

/** Dot products of one vector with four others, `bytes` long each. */
@inline
export function dot4(query: u32, a: u32, b: u32, c: u32, d: u32, bytes: u32): v128 {
  let sa = f32x4.splat(0);
  let sb = f32x4.splat(0);
  let sc = f32x4.splat(0);
  let sd = f32x4.splat(0);
  let at = query;
  const end = query + bytes;
  do {
    const q = v128.load(at);
    sa = v128.add<f32>(sa, v128.mul<f32>(q, v128.load(a)));
    sb = v128.add<f32>(sb, v128.mul<f32>(q, v128.load(b)));
    sc = v128.add<f32>(sc, v128.mul<f32>(q, v128.load(c)));
    sd = v128.add<f32>(sd, v128.mul<f32>(q, v128.load(d)));
    at += 16;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  } while (at < end);
  return laneSums(sa, sb, sc, sd);
}

/** Address of an item's row; the zero row after the last for an item outside the table. */
@inline
export function rowOf(rows: u32, rowCount: u32, bytes: u32, item: u32): u32 {
  return rows + select<u32>(item, rowCount, item < rowCount) * bytes;
}

/** Gathered dots: `count` is rounded up to fours, so both lists need room for that. */
export function dot(
  rows: u32,
  rowCount: u32,
  bytes: u32,
  query: u32,
  items: u32,
  count: u32,
  out: u32,
): void {
  for (let i: u32 = 0; i < count << 2; i += 16) {
    const a = rowOf(rows, rowCount, bytes, load<u32>(items + i));
    const b = rowOf(rows, rowCount, bytes, load<u32>(items + i, 4));
    const c = rowOf(rows, rowCount, bytes, load<u32>(items + i, 8));
    const d = rowOf(rows, rowCount, bytes, load<u32>(items + i, 12));
    v128.store(out + i, dot4(query, a, b, c, d, bytes));
  }
}
