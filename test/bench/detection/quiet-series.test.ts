import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { createDraws } from './draws.ts';
import { createFleet, createMixedSeries } from './fleet.ts';
import { createQuietSeries, type FamilyName, type QuietSeries } from './quiet-series.ts';

const ticks = 20_000;
const make = (family: FamilyName, traits = {}) =>
  createQuietSeries(family, createDraws(createRng(5)), traits);
const play = (series: QuietSeries, count = ticks) =>
  Array.from({ length: count }, (_, tick) => series.next(30 * tick));
const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const varianceOf = (values: readonly number[]) => {
  const mean = meanOf(values);
  return meanOf(values.map((x) => (x - mean) ** 2));
};

/** Correlation of each value with the next. */
function memoryOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const products = values.slice(1).map((x, i) => (x - mean) * (values[i] - mean));
  return meanOf(products) / varianceOf(values);
}

test('levels have the middle, spread and memory that they were given', () => {
  const values = play(make('level correlated', { mean: 100, spread: 3, memory: 0.6 }));
  expect(Math.abs(meanOf(values) - 100)).toBeLessThan(0.3);
  expect(Math.sqrt(varianceOf(values)) / 3).toBeCloseTo(1, 1);
  expect(memoryOf(values)).toBeCloseTo(0.6, 1);
});

test('whole levels are whole, constant ones never move, skewed ones stay positive', () => {
  const whole = play(make('level whole'));
  expect(whole.every(Number.isInteger)).toBe(true);
  expect(varianceOf(whole)).toBeGreaterThan(0.05);
  expect(new Set(play(make('level constant'))).size).toBe(1);
  expect(Math.min(...play(make('level skewed')))).toBeGreaterThan(0);
});

test('a season comes back every day', () => {
  const values = play(make('level seasonal', { mean: 0, spread: 1, swing: 4 }), 2 * 2880);
  const both = meanOf(values.slice(2880).map((x, i) => x * values[i]));
  expect(both).toBeGreaterThan(4);
});

test('counts are whole and vary as Poisson counts do, bursty ones more', () => {
  const plain = play(make('count middle', { mean: 40, swing: 0 }));
  expect(plain.every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
  expect(meanOf(plain) / 40).toBeCloseTo(1, 1);
  expect(varianceOf(plain) / 40).toBeCloseTo(1, 1);
  const bursty = play(make('count bursty', { mean: 40, swing: 0, spread: 0.4, memory: 0.5 }));
  expect(meanOf(bursty) / 40).toBeCloseTo(1, 1);
  expect(varianceOf(bursty) / 40).toBeGreaterThan(4);
});

test('hits of a ratio never exceed its trials, which may be none', () => {
  for (const family of ['ratio few', 'ratio many', 'ratio bursty'] as const) {
    const series = make(family, { rate: 0.3 });
    let [hits, trials] = [0, 0];
    for (let tick = 0; tick < 5000; tick++) {
      const value = series.next(30 * tick);
      expect(value).toBeLessThanOrEqual(series.trials);
      hits += value;
      trials += series.trials;
    }
    expect(hits / trials).toBeCloseTo(0.3, 1);
  }
  const rare = make('ratio few', { mean: 0.2 });
  expect([rare.next(0), rare.trials]).toEqual([0, 0]);
});

test('what is injected shows at once and ends with it', () => {
  const count = make('count large', { mean: 1000, swing: 0 });
  count.change.gain = 0;
  expect(count.next(0)).toBe(0);
  count.change.gain = 1;
  expect(count.next(30)).toBeGreaterThan(800);
  const ratio = make('ratio many', { mean: 10_000, rate: 0.01 });
  ratio.change.rate = 0.5;
  expect(ratio.next(0) / ratio.trials).toBeCloseTo(0.5, 1);
  const level = make('level steady', { mean: 0, spread: 1 });
  level.change.shift = 50;
  expect(level.next(0)).toBeGreaterThan(40);
});

test('equal seeds give equal fleets, which a bank takes without refusing anything', () => {
  const [one, other] = [createMixedSeries(28, 3), createMixedSeries(28, 3)];
  const fleet = createFleet(one, {});
  for (let tick = 1; tick <= 200; tick++) {
    fleet.play();
    for (const series of other) series.next(30 * tick);
  }
  expect(one.map((series) => series.next(0))).toEqual(other.map((series) => series.next(0)));
  expect(new Set(one.map(({ family }) => family)).size).toBe(14);
  expect(fleet.bank.refused.values).toBe(0);
});
