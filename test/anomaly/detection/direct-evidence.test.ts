import { expect, test } from 'vitest';
import { DirectEvidence } from '../../../src/anomaly/detection/direct-evidence.ts';
import { Forecast } from '../../../src/anomaly/detection/forecast.ts';
import {
  kindCodes,
  residualOf,
  type Sample,
  type SeriesKind,
} from '../../../src/anomaly/detection/residual.ts';
import { createNoise } from './simulate.ts';

/** Evidence against a forecast that has learned 200 values. */
function learned(kind: SeriesKind, next: () => Omit<Sample, 'kind'>) {
  const forecast = new Forecast(1);
  const sampleOf = (value: number, trials = 0) => ({ kind: kindCodes[kind], value, trials });
  for (let i = 0; i < 200; i++) {
    const { value, trials } = next();
    const sample = sampleOf(value, trials);
    forecast.step(0, 0, false);
    forecast.learn(0, sample, residualOf(sample, forecast.expected(0)));
  }
  const evidence = new DirectEvidence(1, forecast);
  /** Surprises of values that follow, while the forecast stands still. */
  const surprises = (values: readonly number[], trials = 0) =>
    values.map((value) => {
      const sample = sampleOf(value, trials);
      const score = value - forecast.expected(0);
      const surprise = evidence.surprise(0, sample, score);
      evidence.push(0, sample);
      return surprise;
    });
  return { evidence, surprises };
}

const noise = createNoise(31);
const count = () => learned('count', () => ({ value: noise.poisson(100), trials: 0 }));

test('one value says nothing, two and three in a row say ever more', () => {
  const [first, second, third] = count().surprises([30, 30, 30]);
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(15);
  expect(third).toBeGreaterThan(second * 1.3);
});

test('values in a row say what the weakest of them says as often', () => {
  const [, strong] = count().surprises([0, 50]);
  const [, weak] = count().surprises([50, 50]);
  expect(Math.abs(strong / weak - 1)).toBeLessThan(0.3);
});

test('a value on the other side breaks the row', () => {
  const surprises = count().surprises([30, 170, 30]);
  expect(surprises).toEqual([0, 0, 0]);
});

test('what was forgotten is no part of a row', () => {
  const { evidence, surprises } = count();
  surprises([30, 30]);
  evidence.clear(0);
  expect(surprises([30])).toEqual([0]);
});

test('a ratio is judged by its trials', () => {
  const ratio = () => learned('ratio', () => ({ value: 0.01, trials: 500 }));
  const [, few] = ratio().surprises([0.1, 0.1], 20);
  const [, many] = ratio().surprises([0.1, 0.1], 500);
  expect(few).toBeLessThan(3);
  expect(many).toBeGreaterThan(20);
});

test('counts that scatter more than the law says less', () => {
  const bursty = () => noise.poisson(100 * Math.exp(0.4 * noise.normal()));
  const [, calm] = count().surprises([30, 30]);
  const [, rough] = learned('count', () => ({ value: bursty(), trials: 0 })).surprises([30, 30]);
  expect(rough).toBeLessThan(calm / 4);
});

test('levels that resemble the last one say less together', () => {
  let last = 0;
  const correlated = () => {
    last = 0.9 * last + Math.sqrt(1 - 0.81) * noise.normal();
    return { value: 5 + last, trials: 0 };
  };
  const [, fresh] = learned('level', () => ({ value: 5 + noise.normal(), trials: 0 })).surprises([
    25, 25,
  ]);
  const [, same] = learned('level', correlated).surprises([25, 25]);
  expect(fresh).toBeGreaterThan(4);
  expect(same).toBeLessThan(fresh * 0.8);
});

test('a level says no more in a tick than that it never came in all ticks before', () => {
  const { surprises } = learned('level', () => ({ value: 5 + 0.1 * noise.normal(), trials: 0 }));
  const [, two, three, four] = surprises([1e6, 1e6, 1e6, 1e6]);
  expect(two).toBeLessThanOrEqual(2 * Math.log10(401));
  expect(three).toBeLessThanOrEqual(3 * Math.log10(401));
  expect(four).toBeGreaterThan(three);
});
