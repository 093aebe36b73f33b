import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntropyCounter, entropyBits } from '../../src/math/entropy.ts';
import {
  freshnessOf,
  gapBin,
  gapBins,
  type SessionFreshness,
  sessionFreshness,
} from '../../src/math/session-gaps.ts';

const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/wasserstein_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

const windowMs = 300_000;

function measure(times: readonly number[], nowMs: number, window = windowMs): SessionFreshness {
  const out = { entropyBits: -1, normalisedEntropy: -1, freshness: -1, events: -1 };
  const options = { nowMs, windowMs: window };
  return sessionFreshness(Float64Array.from(times), times.length, options, out);
}

/** The definition, step by step. */
function slowMeasure(times: readonly number[], nowMs: number): SessionFreshness {
  const seen = times.map((at) => Math.min(at, nowMs));
  const last = seen.at(-1) ?? Number.NEGATIVE_INFINITY;
  const kept = last > nowMs - windowMs ? seen.filter((at) => at > last - windowMs) : [];
  const bins = kept.slice(1).map((at, i) => Math.max(0, Math.floor(Math.log2(at - kept[i]))));
  const counts = Array.from({ length: 19 }, (_, bin) => bins.filter((b) => b === bin).length);
  const bits = bins.length > 0 ? entropyBits(counts) : 0;
  const recency = kept.length > 0 ? 1 - (nowMs - last) / windowMs : 0;
  const support = bins.length / (bins.length + 2);
  return {
    entropyBits: bits,
    normalisedEntropy: bits / Math.log2(19),
    freshness: (1 - bits / Math.log2(19)) * recency * support,
    events: kept.length,
  };
}

/** Times of events, ascending, with gaps of every size. */
const gap = fc.oneof(fc.nat(3), fc.nat(1000), fc.nat(60_000), fc.nat(400_000));
const session = fc.array(gap, { maxLength: 40 }).map((gaps) => {
  let at = 1_700_000_000_000;
  return gaps.map((ms) => {
    at += ms;
    return at;
  });
});

describe('gapBin', () => {
  test('changes bin at the powers of two exactly', () => {
    for (let k = 1; k <= 53; k++) {
      expect(gapBin(2 ** k, 60), `2^${k}`).toBe(k);
      expect(gapBin(2 ** k - 1, 60), `2^${k} - 1`).toBe(k - 1);
    }
    expect([0, 1, 1.9, 2, 2.9, 3.999, 4].map((ms) => gapBin(ms, 19))).toEqual([
      0, 0, 0, 1, 1, 1, 2,
    ]);
  });

  test('what does not fit goes to the ends', () => {
    expect(gapBin(1e9, 19)).toBe(18);
    expect(gapBin(-5, 19)).toBe(0);
    expect(gapBin(Number.NaN, 19)).toBe(0);
  });

  test('a window has a bin for every gap that is shorter', () => {
    expect(gapBins(300_000)).toBe(19);
    expect([2, 3, 4, 1024].map(gapBins)).toEqual([2, 2, 3, 11]);
    for (const bad of [1, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => gapBins(bad)).toThrow(RangeError);
  });
});

describe('sessionFreshness', () => {
  test.skipIf(!present)('equals the reference values', () => {
    const cases = JSON.parse(readFileSync(reference, 'utf8')).freshness_entropy as {
      name: string;
      timestamps_ms: number[];
      bins_log2_floor: number[];
      entropy_bits: number;
    }[];
    expect(cases.length).toBeGreaterThan(0);
    for (const { name, timestamps_ms: times, bins_log2_floor: bins, entropy_bits: bits } of cases) {
      const found = times.slice(1).map((at, i) => gapBin(at - times[i], 19));
      expect(found, name).toEqual(bins);
      const measured = measure(times, times.at(-1) ?? 0);
      expect(measured.events, name).toBe(times.length);
      expect(Math.abs(measured.entropyBits - bits), name).toBeLessThanOrEqual(1e-12 + 1e-9 * bits);
      expect(measured.normalisedEntropy, name).toBeCloseTo(bits / Math.log2(19), 12);
    }
  });

  test('equals the definition step by step, for any session and any time', () => {
    const property = fc.property(
      session,
      fc.integer({ min: -60_000, max: 400_000 }),
      (times, after) => {
        const nowMs = (times.at(-1) ?? 0) + after;
        const [fast, slow] = [measure(times, nowMs), slowMeasure(times, nowMs)];
        expect(fast.events).toBe(slow.events);
        expect(fast.entropyBits).toBeCloseTo(slow.entropyBits, 12);
        expect(fast.normalisedEntropy).toBeCloseTo(slow.normalisedEntropy, 12);
        expect(fast.freshness).toBeCloseTo(slow.freshness, 12);
        expect(fast.freshness).toBeGreaterThanOrEqual(0);
        expect(fast.freshness).toBeLessThanOrEqual(1);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  test('equals numbers kept per event', () => {
    const property = fc.property(session, fc.nat(400_000), (times, idleMs) => {
      const counter = new EntropyCounter(19);
      let first = 0;
      for (const [i, at] of times.entries()) {
        if (i > 0) counter.add(gapBin(at - times[i - 1], 19));
        for (; times[first] <= at - windowMs; first++)
          counter.remove(gapBin(times[first + 1] - times[first], 19));
      }
      const normalisedEntropy = counter.bits / Math.log2(19);
      const kept = freshnessOf({ normalisedEntropy, gaps: counter.total, idleMs, windowMs });
      expect(measure(times, (times.at(-1) ?? 0) + idleMs).freshness).toBeCloseTo(kept, 12);
    });
    fc.assert(property);
  });

  test('never rises by waiting', () => {
    const waits = fc.array(fc.nat(100_000), { maxLength: 12 });
    const property = fc.property(session, waits, (times, pauses) => {
      let nowMs = times.at(-1) ?? 0;
      let before = measure(times, nowMs).freshness;
      for (const pause of pauses) {
        nowMs += pause;
        const { freshness } = measure(times, nowMs);
        expect(freshness).toBeLessThanOrEqual(before);
        before = freshness;
      }
    });
    fc.assert(property);
  });

  test('a session with no event, one event, or none for the window is not fresh', () => {
    const nothing = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
    expect(measure([], 5000)).toEqual(nothing);
    expect(measure([5000], 5000)).toEqual({ ...nothing, events: 1 });
    expect(measure([1000, 2000, 3000], 3000 + windowMs)).toEqual(nothing);
    expect(measure([1000, 2000, 3000], 2999 + windowMs).events).toBe(3);
  });

  test('an event is in the window that ends at the last one if it is less than a window older', () => {
    expect(measure([0, windowMs], windowMs).events).toBe(1);
    expect(measure([1, windowMs], windowMs).events).toBe(2);
    expect(measure([1, windowMs], 2 * windowMs - 1).events).toBe(2);
  });

  test('a steady session reads fresh, few events read little, scattered ones less', () => {
    const steady = Array.from({ length: 30 }, (_, i) => i * 5000);
    const scattered = [0, 1, 4, 20, 150, 1200, 9000, 70_000];
    const now = (times: readonly number[]) => measure(times, times.at(-1) ?? 0);
    expect(now(steady).normalisedEntropy).toBe(0);
    expect(now(steady).freshness).toBeCloseTo(29 / 31, 12);
    expect(now([0, 5000]).freshness).toBeCloseTo(1 / 3, 12);
    // Seven gaps in seven bins.
    expect(now(scattered).entropyBits).toBeCloseTo(Math.log2(7), 12);
    expect(now(scattered).freshness).toBeCloseTo((1 - Math.log2(7) / Math.log2(19)) * (7 / 9), 12);
  });

  test('an event of the future counts as now', () => {
    expect(measure([0, 1000, 9000], 2000)).toEqual(measure([0, 1000, 2000], 2000));
    expect(measure([8000, 9000], 2000)).toEqual(measure([2000, 2000], 2000));
  });

  test('only the first events of the list are measured, and the answer is the object given', () => {
    const times = Float64Array.of(0, 1000, 5000, 5001);
    const out = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
    expect(sessionFreshness(times, 3, { nowMs: 5000, windowMs }, out)).toBe(out);
    expect([out.entropyBits, out.events]).toEqual([1, 3]);
  });

  test('a time that is no number makes nothing fresh, a bad count or window is refused', () => {
    expect(measure([0, 1000, Number.NaN], 2000).freshness).toBe(0);
    expect(measure([0, 1000], Number.NaN).freshness).toBe(0);
    expect(() => measure([0], 0, 1)).toThrow('window is 1 ms, expected 2 to 2^53');
    const out = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
    const bad = () => sessionFreshness(Float64Array.of(0), 2, { nowMs: 0, windowMs }, out);
    expect(bad).toThrow('count is 2, expected 0 to 1');
  });
});

test('freshness is entropy, recency and support multiplied', () => {
  const parts = { normalisedEntropy: 0.5, gaps: 6, idleMs: 60_000, windowMs };
  expect(freshnessOf(parts)).toBeCloseTo(0.3, 15);
  expect(freshnessOf({ ...parts, gaps: 0 })).toBe(0);
  expect(freshnessOf({ ...parts, idleMs: windowMs })).toBe(0);
  expect(freshnessOf({ ...parts, idleMs: 2 * windowMs })).toBe(0);
  // A clock that went back makes no session fresher than fresh.
  expect(freshnessOf({ ...parts, idleMs: -1000 })).toBe(freshnessOf({ ...parts, idleMs: 0 }));
});
