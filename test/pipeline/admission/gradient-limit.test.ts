import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  GradientLimit,
  type GradientOptions,
} from '../../../src/pipeline/admission/gradient-limit.ts';

const options: GradientOptions = { min: 10, max: 200, initial: 100, tolerance: 1.5 };

/** One window of equal requests. */
interface Window {
  readonly tookMs: number;
  readonly inFlight: number;
}

/** Plays windows of ten requests each, 1.2 s apart, and answers the limit after each. */
function play(windows: readonly Window[], limit = new GradientLimit(options)): number[] {
  let nowMs = 0;
  return windows.map(({ tookMs, inFlight }) => {
    for (let request = 0; request < 10; request++) {
      nowMs += 120;
      limit.add(tookMs, inFlight, nowMs);
    }
    return limit.limit;
  });
}

const many = (count: number, window: Window): Window[] => new Array(count).fill(window);

/** The published rule, window by window, over the whole past each time. */
function slowLimits(windows: readonly Window[]): number[] {
  let estimate = options.initial;
  let long = 0;
  return windows.map(({ tookMs, inFlight }, at) => {
    const weight = at < 10 ? 1 / (at + 1) : 2 / 601;
    long = long * (1 - weight) + tookMs * weight;
    if (long > 2 * tookMs) long *= 0.95;
    if (inFlight >= estimate / 2) {
      const gradient = Math.min(1, Math.max(0.5, (options.tolerance * long) / tookMs));
      estimate = 0.8 * estimate + 0.2 * (estimate * gradient + 4);
      estimate = Math.min(options.max, Math.max(options.min, estimate));
    }
    return Math.floor(estimate);
  });
}

const window = fc.record({
  tookMs: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  inFlight: fc.integer({ min: 1, max: 300 }),
});

test('the limit follows the published rule', () => {
  fc.assert(
    fc.property(fc.array(window, { maxLength: 40 }), (windows) => {
      const limits = play(windows);
      const expected = slowLimits(windows);
      limits.forEach((limit, at) => {
        // Sums and products in another order: a limit may fall on the other side of a whole number.
        expect(Math.abs(limit - expected[at])).toBeLessThanOrEqual(1);
      });
    }),
    { numRuns: 200 },
  );
});

test('the limit never leaves its bounds, whatever it is told', () => {
  const any = fc.oneof(fc.double(), fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(fc.array(fc.tuple(any, fc.nat(1000)), { maxLength: 200 }), (requests) => {
      const limit = new GradientLimit(options);
      requests.forEach(([tookMs, inFlight], at) => {
        limit.add(tookMs, inFlight, at * 200);
        expect(limit.limit).toBeGreaterThanOrEqual(options.min);
        expect(limit.limit).toBeLessThanOrEqual(options.max);
      });
    }),
    { numRuns: 200 },
  );
});

test('the limit stays as it is while under half of it is used', () => {
  const limits = play([...many(10, { tookMs: 5, inFlight: 49 }), { tookMs: 500, inFlight: 49 }]);
  expect(new Set(limits)).toEqual(new Set([100]));
});

test('the limit grows while it is used and requests are as fast as ever', () => {
  const limits = play(many(200, { tookMs: 5, inFlight: 150 }));
  expect(limits[0]).toBe(100);
  expect(limits[9]).toBe(108);
  expect(limits.at(-1)).toBe(200);
});

test('the limit sinks when requests get much slower, and comes back when they are fast again', () => {
  const quiet = many(20, { tookMs: 5, inFlight: 100 });
  const slow = many(30, { tookMs: 50, inFlight: 200 });
  const limits = play([...quiet, ...slow, ...many(300, { tookMs: 5, inFlight: 200 })]);
  const before = limits[quiet.length - 1];
  const least = Math.min(...limits);
  expect(least).toBeLessThan(before / 2);
  expect(least).toBe(limits[quiet.length + slow.length - 1]);
  expect(limits.at(-1)).toBe(200);
});

test('requests that get a little slower do not cost the limit anything', () => {
  const limits = play([
    ...many(10, { tookMs: 10, inFlight: 100 }),
    ...many(10, { tookMs: 14, inFlight: 100 }),
  ]);
  expect(limits).toEqual(limits.toSorted((a, b) => a - b));
});

test('nine requests are too few to judge by, however long they take', () => {
  const limit = new GradientLimit(options);
  for (let request = 0; request < 9; request++) limit.add(5, 100, request * 1000);
  expect(limit.limit).toBe(100);
});
