import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { binomialTail, poissonTail } from '../../../src/math/tails.ts';
import { createDraws } from './draws.ts';

const size = 100_000;
const take = (draw: () => number) => Float64Array.from({ length: size }, draw);

/** Mean and variance, each in standard errors from what is expected. */
function errorsOf(values: Float64Array, mean: number, variance: number): [number, number] {
  const found = values.reduce((sum, x) => sum + x, 0) / size;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / size;
  const fourth = values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / size;
  return [
    (found - mean) / Math.sqrt(variance / size),
    (squares - variance) / Math.sqrt((fourth - variance ** 2) / size),
  ];
}

/** Share of values at or above a place, in standard errors from the probability. */
function tailError(values: Float64Array, place: number, probability: number): number {
  const share = values.filter((x) => x >= place).length / size;
  return (share - probability) / Math.sqrt((probability * (1 - probability)) / size);
}

function expectNear(errors: readonly number[]): void {
  for (const error of errors) expect(Math.abs(error)).toBeLessThan(4);
}

test('continuous draws have their mean, variance and tails', () => {
  const { normal, heavy, gamma } = createDraws(createRng(1));
  const bells = take(normal);
  expectNear(errorsOf(bells, 0, 1));
  expectNear([tailError(bells, 1.959964, 0.025), tailError(bells, 3.090232, 0.001)]);
  // Student's t with 5 degrees of freedom is above 3.364930 in 1 %.
  const tails = take(() => heavy(5));
  expectNear([errorsOf(tails, 0, 1)[0], tailError(tails, 3.36493 * Math.sqrt(3 / 5), 0.01)]);
  for (const shape of [0.3, 1, 20])
    expectNear(
      errorsOf(
        take(() => gamma(shape)),
        shape,
        shape,
      ),
    );
});

test('counts have their mean, variance and tails, small and large', () => {
  const { poisson } = createDraws(createRng(2));
  expect(poisson(0)).toBe(0);
  for (const mean of [0.2, 3, 9.9, 10, 40, 10_000]) {
    const counts = take(() => poisson(mean));
    expectNear(errorsOf(counts, mean, mean));
    const place = Math.ceil(mean + 3 * Math.sqrt(mean));
    expectNear([tailError(counts, place, Math.exp(poissonTail(place, mean).upper))]);
  }
});

test('hits have their mean, variance and tails for every number of trials and rate', () => {
  const { binomial } = createDraws(createRng(3));
  expect([binomial(0, 0.5), binomial(10, 0), binomial(10, 1)]).toEqual([0, 0, 10]);
  for (const [trials, rate] of [
    [5, 0.1],
    [40, 0.5],
    [30, 0.9],
    [1000, 0.01],
    [100_000, 0.001],
    [100_000, 0.3],
  ]) {
    const hits = take(() => binomial(trials, rate));
    const spread = trials * rate * (1 - rate);
    expectNear(errorsOf(hits, trials * rate, spread));
    const place = Math.min(trials, Math.ceil(trials * rate + 2.5 * Math.sqrt(spread)));
    expectNear([tailError(hits, place, Math.exp(binomialTail(place, trials, rate).upper))]);
  }
});

test('equal seeds give equal draws', () => {
  const [one, other] = [createDraws(createRng(7)), createDraws(createRng(7))];
  expect(take(() => one.poisson(20))).toEqual(take(() => other.poisson(20)));
});
