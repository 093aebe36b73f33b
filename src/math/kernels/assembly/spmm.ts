/**
 * Rows `from` to `to` - 1 of sparse times dense: out[r] = sum over the entries of row r of value · dense[code].
 * `bytes` per dense row is a multiple of 64.
 */
export function spmm(
  from: u32,
  to: u32,
  scratch: u32,
  offsets: u32,
  codes: u32,
  values: u32,
  dense: u32,
  out: u32,
  bytes: u32,
): void {
  for (let row = from; row < to; row++) {
    const start = load<u32>(offsets + (row << 2)) << 2;
    const end = load<u32>(offsets + (row << 2), 4) << 2;
    const target = out + row * bytes;
    // Eight accumulators: sixteen would spill the registers of the machine.
    let column: u32 = 0;
    for (; column + 128 <= bytes; column += 128) {
      // Loads that nobody uses are prefetches: the cache lines of the next columns come while these are worked on.
      const next: u32 = column + 192 <= bytes ? 128 : 0;
      const nextHigh: u32 = column + 256 <= bytes ? 192 : 0;
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      let s4 = f32x4.splat(0);
      let s5 = f32x4.splat(0);
      let s6 = f32x4.splat(0);
      let s7 = f32x4.splat(0);
      for (let at = start; at < end; at += 4) {
        const value = v128.load32_splat(values + at);
        const source = dense + load<u32>(codes + at) * bytes + column;
        load<u32>(source + next);
        load<u32>(source + nextHigh);
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(source)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(source, 16)));
        s2 = f32x4.add(s2, f32x4.mul(value, v128.load(source, 32)));
        s3 = f32x4.add(s3, f32x4.mul(value, v128.load(source, 48)));
        s4 = f32x4.add(s4, f32x4.mul(value, v128.load(source, 64)));
        s5 = f32x4.add(s5, f32x4.mul(value, v128.load(source, 80)));
        s6 = f32x4.add(s6, f32x4.mul(value, v128.load(source, 96)));
        s7 = f32x4.add(s7, f32x4.mul(value, v128.load(source, 112)));
      }
      const place = target + column;
      v128.store(place, s0);
      v128.store(place, s1, 16);
      v128.store(place, s2, 32);
      v128.store(place, s3, 48);
      v128.store(place, s4, 64);
      v128.store(place, s5, 80);
      v128.store(place, s6, 96);
      v128.store(place, s7, 112);
    }
    if (column < bytes) {
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      for (let at = start; at < end; at += 4) {
        const value = v128.load32_splat(values + at);
        const source = dense + load<u32>(codes + at) * bytes + column;
        s0 = f32x4.add(s0, f32x4.mul(value, v128.load(source)));
        s1 = f32x4.add(s1, f32x4.mul(value, v128.load(source, 16)));
        s2 = f32x4.add(s2, f32x4.mul(value, v128.load(source, 32)));
        s3 = f32x4.add(s3, f32x4.mul(value, v128.load(source, 48)));
      }
      const place = target + column;
      v128.store(place, s0);
      v128.store(place, s1, 16);
      v128.store(place, s2, 32);
      v128.store(place, s3, 48);
    }
  }
}
