import { dot4 } from './dot';
import { next } from './random';

/** A whole number below `limit`. */
@inline
function below(state: u32, limit: u32): u32 {
  return <u32>((<u64>next(state) * limit) >> 32);
}

/** One item from an alias table of (threshold, alias) pairs. */
@inline
function draw(state: u32, table: u32, items: u32): u32 {
  const item = below(state, items);
  const entry = table + (item << 3);
  return select<u32>(item, load<u32>(entry, 4), next(state) < load<u32>(entry));
}

/** Whether a list of rising codes from `low` to before `high` holds one. */
@inline
function holds(low: u32, high: u32, code: u32): bool {
  while (low < high) {
    const middle = low + (((high - low) >> 3) << 2);
    const found = load<u32>(middle);
    if (found == code) return true;
    if (found < code) low = middle + 4;
    else high = middle;
  }
  return false;
}

/** 1 / (1 + e^x), with e^x = 2^n · 2^t and a polynomial of degree 5 for 2^t. */
@inline
function declined(x: f32): f32 {
  const power = min<f32>(max<f32>(x, -40), 40) * <f32>1.44269504;
  const whole = floor<f32>(power);
  const t = power - whole;
  let p: f32 = t * <f32>0.0018775767 + <f32>0.0089893397;
  p = t * p + <f32>0.055826318;
  p = t * p + <f32>0.24015361;
  p = t * p + <f32>0.69315308;
  p = t * p + <f32>1;
  const scale = reinterpret<f32>((<i32>whole + 127) << 23);
  return <f32>1 / (<f32>1 + p * scale);
}

/** One item that the user does not have; after eight draws in vain the last one. */
@inline
function drawAbsent(state: u32, table: u32, items: u32, low: u32, high: u32): u32 {
  let item = draw(state, table, items);
  for (let again = 0; again < 8 && holds(low, high, item); again++) {
    item = draw(state, table, items);
  }
  return item;
}

/** A random order of words (Fisher and Yates), in place. */
@inline
function shuffle(state: u32, words: u32, count: u32): void {
  for (let i = count; i > 1; i--) {
    const here = words + ((i - 1) << 2);
    const there = words + (below(state, i) << 2);
    const word = load<u32>(here);
    store<u32>(here, load<u32>(there));
    store<u32>(there, word);
  }
}

/** One step up the gradient of log σ(u · (i - j)) - regularisation · (|u|² + |i|² + |j|²) / 2. */
@inline
function step(user: u32, item: u32, other: u32, bytes: u32, pull: f32, keep: f32): void {
  const pulls = f32x4.splat(pull);
  const keeps = f32x4.splat(keep);
  for (let at: u32 = 0; at < bytes; at += 16) {
    const u = v128.load(user + at);
    const i = v128.load(item + at);
    const j = v128.load(other + at);
    const push = f32x4.mul(pulls, u);
    v128.store(item + at, f32x4.add(f32x4.mul(keeps, i), push));
    v128.store(other + at, f32x4.sub(f32x4.mul(keeps, j), push));
    v128.store(user + at, f32x4.add(f32x4.mul(keeps, u), f32x4.mul(pulls, f32x4.sub(i, j))));
  }
}

/**
 * One pass of Bayesian personalised ranking over the entries `order`, which it shuffles first: of `negatives` items drawn
 * from an alias table, the one that scores most is ranked below the item of the entry. Runs as one row. `owners` is the
 * row of each entry; `bytes` per vector is a multiple of 16; `scratch` needs `bprScratchBytes`.
 */
export function bpr(
  from: u32,
  to: u32,
  scratch: u32,
  offsets: u32,
  codes: u32,
  owners: u32,
  order: u32,
  count: u32,
  users: u32,
  items: u32,
  itemCount: u32,
  bytes: u32,
  table: u32,
  state: u32,
  negatives: u32,
  rate: f32,
  regularisation: f32,
): void {
  if (from > 0) return;
  const targets = (negatives + 1) << 2;
  const size = (targets + 15) & ~15;
  const scores = scratch + size;
  const keep = <f32>1 - rate * regularisation;
  shuffle(state, order, count);
  for (let at = order, end = order + (count << 2); at < end; at += 4) {
    const entry = load<u32>(at) << 2;
    const owner = load<u32>(owners + entry);
    const user = users + owner * bytes;
    const low = codes + (load<u32>(offsets + (owner << 2)) << 2);
    const high = codes + (load<u32>(offsets + (owner << 2), 4) << 2);
    const item = items + load<u32>(codes + entry) * bytes;
    for (let t: u32 = 4; t < targets; t += 4) {
      store<u32>(scratch + t, items + drawAbsent(state, table, itemCount, low, high) * bytes);
    }
    store<u32>(scratch, item);
    for (let t = targets; t < size; t += 4) store<u32>(scratch + t, item);
    for (let t: u32 = 0; t < size; t += 16) {
      const list = scratch + t;
      const a = load<u32>(list);
      const b = load<u32>(list, 4);
      v128.store(scores + t, dot4(user, a, b, load<u32>(list, 8), load<u32>(list, 12), bytes));
    }
    let hardest: u32 = 4;
    for (let t: u32 = 8; t < targets; t += 4) {
      if (load<f32>(scores + t) > load<f32>(scores + hardest)) hardest = t;
    }
    const other = load<u32>(scratch + hardest);
    // Who has all there is draws an item that ranks below itself.
    if (other == item) continue;
    const margin = load<f32>(scores) - load<f32>(scores + hardest);
    step(user, item, other, bytes, rate * declined(margin), keep);
  }
}
