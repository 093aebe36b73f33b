import { expect, test } from 'vitest';
import { components, PeakTails } from '../../../src/anomaly/detection/peak-tails.ts';
import { createNoise } from './simulate.ts';

const { fastUp, slowUp } = components;
const unbounded = Number.POSITIVE_INFINITY;

/** Watches a one-sided CUSUM of normal values, k = 1, and answers all its peaks over 2. */
function learned(ticks: number) {
  const tails = new PeakTails(1);
  const noise = createNoise(1);
  const peaks: number[] = [];
  let [height, peak] = [0, 0];
  for (let i = 0; i < ticks; i++) {
    height = Math.max(0, height + noise.normal() - 1);
    tails.watch(0);
    tails.set(0, fastUp, height, unbounded);
    if (height > 2) peak = Math.max(peak, height);
    else if (peak > 0) {
      peaks.push(peak);
      peak = 0;
    }
  }
  return { tails, peaks };
}

test('the surprise of a height is about how rare its peaks were', () => {
  const { tails, peaks } = learned(30_000);
  for (const height of [2.3, 3, 3.5]) {
    const rate = peaks.filter((peak) => peak > height).length / 30_000;
    const surprise = tails.set(0, fastUp, height, unbounded);
    expect(Math.abs(surprise + Math.log10(rate))).toBeLessThan(0.4);
  }
});

test('far beyond its past the surprise follows the exponential tail of the CUSUM', () => {
  // A CUSUM of normal values with reference k falls by 2k nats a unit (Siegmund 1985), 0.87 decades at k = 1.
  const { tails } = learned(39_000);
  const slope = tails.set(0, fastUp, 9, unbounded) - tails.set(0, fastUp, 7, unbounded);
  expect(slope / 2).toBeGreaterThan(0.6);
  expect(slope / 2).toBeLessThan(1.1);
});

test('a series with few peaks is less sure of its tail than one with many', () => {
  const [few, many] = [learned(300).tails, learned(39_000).tails];
  expect(few.set(0, fastUp, 9, unbounded)).toBeLessThan(many.set(0, fastUp, 9, unbounded));
});

test('heights at or below the floor surprise nobody', () => {
  const tails = new PeakTails(1);
  expect(tails.set(0, fastUp, 2, unbounded)).toBe(0);
  expect(tails.surprise(0, fastUp)).toBe(0);
});

test('a statistic above the ceiling falls but does not rise', () => {
  const tails = new PeakTails(1);
  tails.set(0, fastUp, 20, unbounded);
  tails.set(0, fastUp, 25, 3);
  expect(tails.height(0, fastUp)).toBe(20);
  tails.set(0, fastUp, 15, 3);
  expect(tails.height(0, fastUp)).toBe(15);
});

test('a reset keeps what was learned, and clearing does not', () => {
  const { tails } = learned(5000);
  const before = tails.set(0, fastUp, 5, unbounded);
  tails.reset(0);
  expect(tails.height(0, fastUp)).toBe(0);
  expect(tails.set(0, fastUp, 5, unbounded)).toBeCloseTo(before, 6);
  tails.clear(0);
  expect(tails.set(0, fastUp, 5, unbounded)).not.toBeCloseTo(before, 1);
  expect(tails.height(0, slowUp)).toBe(0);
});
