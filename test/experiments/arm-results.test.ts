import { expect, test } from 'vitest';
import { createArmRecord } from '../../src/experiments/arm-results.ts';
import { createRng } from '../../src/math/rng.ts';

const groups = 256;
const create = (minSamples = 100) =>
  createArmRecord({ startedAtMs: 0, settleMs: 1000, minSamples });

/** Sums with so many requests and clicks in each group that has any. */
function sumsOf({ requests = 10, clicks = 1, inUse = groups } = {}): Uint32Array {
  const sums = new Uint32Array(3 * groups);
  for (let g = 0; g < inUse; g++) {
    sums[g] = requests;
    sums[groups + g] = clicks + (g % 2);
  }
  return sums;
}

test('rates of both arms and their difference are shown with intervals around them', () => {
  const record = create();
  record.see({ control: sumsOf(), treatment: sumsOf({ clicks: 2 }) }, 0, 0);
  const results = record.results()!;
  expect(results.samples).toEqual({ control: 2560, treatment: 2560 });
  expect(results.control.clicks.value).toBeCloseTo(0.15, 12);
  expect(results.treatment.clicks.value).toBeCloseTo(0.25, 12);
  const { value, low, high } = results.difference.clicks;
  expect(value).toBeCloseTo(0.1, 12);
  expect(low).toBeLessThan(value);
  expect(high).toBeGreaterThan(value);
  expect(results.difference.conversions.value).toBe(0);
});

test('nothing is shown of an arm with too few requests, or of too few keys', () => {
  const enough = sumsOf();
  const few = sumsOf({ requests: 1 });
  const record = create(1000);
  expect(record.results()).toBeUndefined();
  for (const [control, treatment] of [
    [enough, few],
    [few, enough],
    [enough, new Uint32Array(3 * groups)],
    [enough, sumsOf({ requests: 1000, inUse: 29 })],
  ]) {
    record.see({ control, treatment }, 0, 0);
    expect(record.results()).toBeUndefined();
  }
  record.see({ control: enough, treatment: sumsOf({ requests: 1000, inUse: 30 }) }, 0, 0);
  expect(record.results()).toBeDefined();
});

test('a new share counts anew, once the outcomes of the old one are known', () => {
  const record = create();
  const [early, late] = [sumsOf(), sumsOf({ requests: 30, clicks: 11 })];
  record.see({ control: early, treatment: early }, 0, 500);
  expect(record.results()).toBeDefined();
  record.see({ control: early, treatment: early }, 700, 700);
  expect(record.results()).toBeUndefined();
  record.see({ control: early, treatment: early }, 700, 1699);
  expect(record.results()).toBeUndefined();
  record.see({ control: early, treatment: early }, 700, 1700);
  record.see({ control: late, treatment: late }, 700, 1701);
  expect(record.results()?.samples).toEqual({ control: 5120, treatment: 5120 });
  expect(record.results()?.control.clicks.value).toBeCloseTo(0.5, 12);
});

/** Whether an experiment of equal arms, looked at 60 times, ever shows a difference. Each key asks five times alike. */
function everDiffers(seed: number): boolean {
  const rng = createRng(seed);
  const record = create();
  const sums = { control: new Uint32Array(3 * groups), treatment: new Uint32Array(3 * groups) };
  for (let look = 0; look < 60; look++) {
    for (let key = 0; key < 100; key++) {
      const arm = sums[rng.unit() < 0.25 ? 'treatment' : 'control'];
      const group = rng.below(groups);
      arm[group] += 5;
      if (rng.unit() < 0.1) arm[groups + group] += 5;
    }
    record.see(sums, 0, look);
    const clicks = record.results()?.difference.clicks;
    if (clicks !== undefined && (clicks.low > 0 || clicks.high < 0)) return true;
  }
  return false;
}

test('equal arms that are looked at all the time are told apart in at most 5 % of experiments', () => {
  const runs = 300;
  const wrong = Array.from({ length: runs }, (_, seed) => everDiffers(seed)).filter(Boolean).length;
  expect(wrong / runs).toBeLessThanOrEqual(0.05);
});

test('a real difference is found', () => {
  const record = create();
  record.see({ control: sumsOf({ clicks: 1 }), treatment: sumsOf({ clicks: 3 }) }, 0, 0);
  expect(record.results()!.difference.clicks.low).toBeGreaterThan(0);
});
