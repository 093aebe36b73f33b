import { dot4 } from './dot';
import { next } from './random';

/** One item from an alias table of (threshold, alias) pairs. */
@inline
function draw(state: u32, table: u32, items: u32): u32 {
  const item = <u32>((<u64>next(state) * items) >> 32);
  const entry = table + (item << 3);
  const alias = load<u32>(entry, 4);
  return select<u32>(item, alias, next(state) < load<u32>(entry));
}

/** Positions of four numbers in the table of the logistic function: 1024 entries from -6 to 6. */
@inline
function positions(x: v128): v128 {
  const limit = f32x4.splat(6);
  const inside = f32x4.pmin(limit, f32x4.pmax(f32x4.neg(limit), x));
  const scaled = f32x4.mul(f32x4.add(inside, limit), f32x4.splat(85.25));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(scaled, f32x4.splat(0.5)));
}

/**
 * One pass of skip-gram with negative sampling over pairs of (center, context) codes, in order. `bytes` per row
 * is a multiple of 64. `work` has room for two lists of `negatives` + 1 numbers, each rounded up to fours.
 */
export function sgns(
  input: u32,
  output: u32,
  bytes: u32,
  items: u32,
  table: u32,
  state: u32,
  logistic: u32,
  pairs: u32,
  count: u32,
  negatives: u32,
  rate: f32,
  work: u32,
): void {
  const targets = (negatives + 1) << 2;
  const size = (targets + 15) & ~15;
  const steps = work + size;
  for (const end = pairs + (count << 3); pairs < end; pairs += 8) {
    const center = input + load<u32>(pairs) * bytes;
    const context = output + load<u32>(pairs, 4) * bytes;
    store<u32>(work, context);
    for (let t: u32 = 4; t < targets; t += 4) {
      store<u32>(work + t, output + draw(state, table, items) * bytes);
    }
    for (let t = targets; t < size; t += 4) store<u32>(work + t, context);
    for (let t: u32 = 0; t < size; t += 16) {
      const a = load<u32>(work + t);
      const b = load<u32>(work + t, 4);
      const c = load<u32>(work + t, 8);
      const d = load<u32>(work + t, 12);
      v128.store(steps + t, positions(dot4(center, a, b, c, d, bytes)));
    }
    store<f32>(steps, rate * (<f32>1 - load<f32>(logistic + (load<u32>(steps) << 2))));
    for (let t: u32 = 4; t < targets; t += 4) {
      const step = -rate * load<f32>(logistic + (load<u32>(steps + t) << 2));
      // The context itself is no negative.
      store<f32>(steps + t, select<f32>(0, step, load<u32>(work + t) == context));
    }
    for (let i: u32 = 0; i < bytes; i += 64) {
      const v0 = v128.load(center + i);
      const v1 = v128.load(center + i, 16);
      const v2 = v128.load(center + i, 32);
      const v3 = v128.load(center + i, 48);
      let g0 = f32x4.splat(0);
      let g1 = f32x4.splat(0);
      let g2 = f32x4.splat(0);
      let g3 = f32x4.splat(0);
      for (let t: u32 = 0; t < targets; t += 4) {
        const row = load<u32>(work + t) + i;
        const step = v128.load32_splat(steps + t);
        const o0 = v128.load(row);
        g0 = f32x4.add(g0, f32x4.mul(step, o0));
        v128.store(row, f32x4.add(o0, f32x4.mul(step, v0)));
        const o1 = v128.load(row, 16);
        g1 = f32x4.add(g1, f32x4.mul(step, o1));
        v128.store(row, f32x4.add(o1, f32x4.mul(step, v1)), 16);
        const o2 = v128.load(row, 32);
        g2 = f32x4.add(g2, f32x4.mul(step, o2));
        v128.store(row, f32x4.add(o2, f32x4.mul(step, v2)), 32);
        const o3 = v128.load(row, 48);
        g3 = f32x4.add(g3, f32x4.mul(step, o3));
        v128.store(row, f32x4.add(o3, f32x4.mul(step, v3)), 48);
      }
      v128.store(center + i, f32x4.add(v0, g0));
      v128.store(center + i, f32x4.add(v1, g1), 16);
      v128.store(center + i, f32x4.add(v2, g2), 32);
      v128.store(center + i, f32x4.add(v3, g3), 48);
    }
  }
}
