import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeriesBank } from '../../../src/anomaly/detection/series-bank.ts';
import { createNoise, startMs, tickMs, type Watched, watch } from './simulate.ts';

const day = 2880;

/** Ticks until the series fires, NaN where it does not within `limit`. */
function ticksToFire(
  watched: Watched,
  next: () => number,
  { trials = 0, limit = 100 } = {},
): number {
  for (let i = 1; i <= limit; i++) {
    watched.play(next(), trials);
    if (watched.bank.state(watched.series) === 'firing') return i;
  }
  return Number.NaN;
}

/** A count of mean 200 that was watched for a while. */
function settledCount(ticks = 2 * day) {
  const noise = createNoise(3);
  const watched = watch('count');
  for (let i = 0; i < ticks; i++) watched.play(noise.poisson(200));
  expect(watched.bank.state(watched.series)).toBe('quiet');
  return { ...watched, noise, watched };
}

test('a drop of traffic to 30 % fires downwards within 3 ticks, and says since when', () => {
  const { watched, noise, bank, series } = settledCount();
  const before = startMs + watched.ticks * tickMs;
  expect(ticksToFire(watched, () => noise.poisson(60))).toBeLessThanOrEqual(3);
  expect(bank.direction(series)).toBe(-1);
  expect(Math.abs(bank.onsetMs(series) - before)).toBeLessThanOrEqual(2 * tickMs);
});

test('an error ratio that rises from 1 % to 30 % fires upwards within 3 ticks', () => {
  const noise = createNoise(4);
  const watched = watch('ratio', { direction: 'up' });
  for (let i = 0; i < 2 * day; i++) watched.play(noise.poisson(5), 500);
  expect(ticksToFire(watched, () => noise.poisson(150), { trials: 500 })).toBeLessThanOrEqual(3);
  expect(watched.bank.direction(watched.series)).toBe(1);
});

test('a change in the direction nobody asked for does not fire', () => {
  const noise = createNoise(4);
  const watched = watch('ratio', { direction: 'down' });
  for (let i = 0; i < day; i++) watched.play(noise.poisson(25), 500);
  expect(ticksToFire(watched, () => noise.poisson(150), { trials: 500 })).toBeNaN();
});

test('a single spike of any height does not fire', () => {
  const noise = createNoise(5);
  const watched = watch('level');
  for (let i = 0; i < 2 * day; i++) watched.play(50 + noise.normal());
  for (const height of [10, 1e3, 1e9, -1e9]) {
    watched.play(50 + height);
    expect(ticksToFire(watched, () => 50 + noise.normal())).toBeNaN();
  }
});

test('a slow leak of 0.02 deviations a tick is found once the times of day are known', () => {
  const noise = createNoise(6);
  const watched = watch('level');
  for (let i = 0; i < 4 * day; i++) watched.play(50 + noise.normal());
  let leak = 0;
  const next = () => {
    leak += 0.02;
    return 50 + leak + noise.normal();
  };
  expect(ticksToFire(watched, next, { limit: 400 })).toBeLessThan(250);
});

test('an alarm goes pending, firing, refractory, quiet, and what was usual is not forgotten in it', () => {
  const { watched, noise, bank, series } = settledCount();
  const usual = bank.expected(series);
  const seen: string[] = [];
  for (let i = 0; i < 140; i++) {
    const isChange = watched.play(noise.poisson(i < 60 ? 60 : 200));
    const state = bank.state(series);
    expect(isChange).toBe(state !== (seen.at(-1) ?? 'quiet'));
    if (isChange) seen.push(state);
    if (state === 'firing') expect(Math.abs(bank.expected(series) / usual - 1)).toBeLessThan(0.2);
  }
  expect(seen.filter((state) => state !== 'pending')).toEqual(['firing', 'refractory', 'quiet']);
  expect(Math.abs(bank.expected(series) / usual - 1)).toBeLessThan(0.1);
});

test('what lasts longer than two hours becomes usual, and going back is a change again', () => {
  const { watched, noise, bank, series } = settledCount();
  for (let i = 0; i < 400; i++) watched.play(noise.poisson(60));
  expect(bank.state(series)).toBe('quiet');
  expect(bank.expected(series)).toBeGreaterThan(50);
  expect(bank.expected(series)).toBeLessThan(70);
  expect(ticksToFire(watched, () => noise.poisson(200))).toBeLessThanOrEqual(5);
});

test('nothing fires in the first 20 ticks, and something overwhelming can soon after', () => {
  const noise = createNoise(8);
  const watched = watch('count');
  for (let i = 0; i < 10; i++) watched.play(noise.poisson(200));
  for (let i = 0; i < 10; i++) watched.play(0);
  expect(watched.bank.state(watched.series)).toBe('quiet');
  const other = watch('count');
  for (let i = 0; i < 60; i++) other.play(noise.poisson(200));
  expect(ticksToFire(other, () => 0)).toBeLessThanOrEqual(6);
});

test('series that never change, change by whole steps or lie at 0 do not fire', () => {
  const noise = createNoise(9);
  for (const next of [() => 0, () => 5e6, () => 3 + Math.round(noise.unit()), () => -1e-9]) {
    const watched = watch('level');
    expect(ticksToFire(watched, next, { limit: day })).toBeNaN();
    expect(Number.isFinite(watched.bank.surprise(watched.series))).toBe(true);
  }
});

test('a tick that is not after the last one is counted and changes nothing', () => {
  const bank = new SeriesBank({ maxSeries: 1 });
  const series = bank.add({ kind: 'level', direction: 'both' });
  const tick = (value: number, atMs: number) =>
    bank.tick(Float64Array.of(value), Float64Array.of(0), atMs);
  for (let i = 1; i <= 50; i++) tick(5 + (i % 3), startMs + i * tickMs);
  const expected = bank.expected(series);
  for (const atMs of [startMs + 50 * tickMs, startMs, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(tick(1e6, atMs)).toEqual([]);
  expect(bank.expected(series)).toBe(expected);
  expect(bank.refused).toEqual({ ticks: 5, values: 0 });
});

test('values that cannot be are counted and do not poison what is known', () => {
  const { watched, bank, series, noise } = settledCount(200);
  for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e300])
    watched.play(value);
  expect(bank.refused.values).toBe(4);
  expect(bank.state(series)).toBe('quiet');
  watched.play(noise.poisson(200));
  expect(bank.expected(series)).toBeGreaterThan(180);
  const ratio = watch('ratio');
  ratio.play(3, 2);
  ratio.play(1, Number.NaN);
  ratio.play(-1, 2);
  expect(ratio.bank.refused.values).toBe(3);
});

test('missing ticks leave the evidence as it is; a long gap warms up again', () => {
  const { watched, bank, series, noise } = settledCount(300);
  watched.play(noise.poisson(110));
  const before = bank.evidence(series);
  for (let i = 0; i < 5; i++) watched.play(Number.NaN);
  expect(bank.evidence(series)).toEqual(before);
  expect(bank.isSilent(series)).toBe(false);
  for (let i = 0; i < 30; i++) watched.play(Number.NaN);
  expect(bank.isSilent(series)).toBe(true);
  // What comes back may be anything: it is learned before it is judged.
  for (let i = 0; i < 60; i++) watched.play(noise.poisson(20));
  expect(bank.isSilent(series)).toBe(false);
  expect(bank.state(series)).toBe('quiet');
});

test('a ratio without trials is no gap', () => {
  const noise = createNoise(10);
  const watched = watch('ratio');
  for (let i = 0; i < 200; i++) watched.play(noise.poisson(5), 50);
  for (let i = 0; i < 100; i++) watched.play(0, 0);
  expect(watched.bank.isSilent(watched.series)).toBe(false);
  expect(watched.bank.expected(watched.series)).toBeCloseTo(0.1, 1);
});

test('scores look at nothing that comes later', () => {
  const noise = createNoise(11);
  const values = Array.from({ length: 600 }, (_, i) => (i > 400 ? 9 : 5) + noise.normal());
  const scores = (count: number) => {
    const watched = watch('level');
    return values.slice(0, count).map((value) => {
      watched.play(value);
      return watched.bank.surprise(watched.series);
    });
  };
  const all = scores(600);
  expect(Math.max(...all)).toBeGreaterThan(0);
  expect(scores(450)).toEqual(all.slice(0, 450));
});

test('series do not disturb each other, and a place is used again by a series without a past', () => {
  const bank = new SeriesBank({ maxSeries: 2 });
  const [first, second] = [0, 1].map(() => bank.add({ kind: 'level', direction: 'both' }));
  expect(() => bank.add({ kind: 'level', direction: 'both' })).toThrow('series bank holds 2');
  const noise = createNoise(12);
  const tick = (i: number) =>
    bank.tick(Float64Array.of(noise.normal(), 1000), new Float64Array(2), startMs + i * tickMs);
  for (let i = 1; i < 100; i++) tick(i);
  bank.remove(first);
  expect(() => bank.state(first)).toThrow('expected one that was added');
  expect(bank.add({ kind: 'count', direction: 'up' })).toBe(first);
  expect(bank.expected(first)).toBeNaN();
  expect(bank.expected(second)).toBeCloseTo(1000, 3);
  expect(bank.size).toBe(2);
});

test('options that are not positive are named', () => {
  expect(() => new SeriesBank({ falseAlarmsPerDay: 0 })).toThrow('falseAlarmsPerDay is 0');
  expect(() => new SeriesBank({ tickSeconds: Number.NaN })).toThrow('tickSeconds is NaN');
});

test('a bank keeps at most 1.3 KB a series', () => {
  expect(new SeriesBank({ maxSeries: 1000 }).bytes).toBeLessThanOrEqual(1_300_000);
});

test('more series and a smaller budget ask for more surprise', () => {
  const thresholdOf = (count: number, falseAlarmsPerDay: number) => {
    const bank = new SeriesBank({ maxSeries: count, falseAlarmsPerDay });
    for (let i = 0; i < count; i++) bank.add({ kind: 'count', direction: 'both' });
    return bank.threshold(0);
  };
  expect(thresholdOf(100, 1) - thresholdOf(10, 1)).toBeCloseTo(1, 6);
  expect(thresholdOf(10, 0.1) - thresholdOf(10, 1)).toBeCloseTo(1, 6);
});

test('no sequence of values makes anything but a number', () => {
  const value = fc.oneof(fc.double(), fc.integer({ min: -5, max: 1000 }), fc.constant(Number.NaN));
  const kinds = fc.constantFrom('level' as const, 'count' as const, 'ratio' as const);
  fc.assert(
    fc.property(kinds, fc.array(fc.tuple(value, value), { maxLength: 150 }), (kind, ticks) => {
      const watched = watch(kind);
      for (const [one, trials] of ticks) watched.play(one, trials);
      const evidence = Object.values(watched.bank.evidence(watched.series));
      for (const number of [...evidence, watched.bank.surprise(watched.series)])
        expect(number).toBeGreaterThanOrEqual(0);
      const noise = createNoise(1);
      for (let i = 0; i < 40; i++) watched.play(noise.poisson(5), 20);
      expect(Number.isFinite(watched.bank.expected(watched.series))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
