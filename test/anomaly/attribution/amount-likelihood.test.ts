import { expect, test } from 'vitest';
import { createAmountLikelihood } from '../../../src/anomaly/attribution/amount-likelihood.ts';
import { createRng } from '../../../src/math/rng.ts';
import { normal } from '../../bench/attribution/normal.ts';

const quiet = 15_000;
const rng = createRng(2);

/** 15,000 leaves with 5 % noise, then one for each of the relative differences. */
function amounts(differences: readonly number[]) {
  const actual = Array.from({ length: quiet }, () => 100 * (1 + 0.05 * normal(rng)));
  const probes = differences.map((d) => (100 * (2 - d)) / (2 + d));
  const expected = new Float64Array(quiet + differences.length).fill(100);
  return { kind: 'amount', actual: Float64Array.of(...actual, ...probes), expected } as const;
}

test('the density of quiet leaves integrates to one and falls off as their noise does', () => {
  const step = 0.002;
  const places = Array.from({ length: 500 }, (_, i) => (i - 249.5) * step);
  const { normal: logs } = createAmountLikelihood(amounts(places));
  const densities = Array.from(logs.subarray(quiet), Math.exp);
  expect(densities.reduce((sum, density) => sum + step * density, 0)).toBeCloseTo(1, 2);
  // Standard normal: the density one standard deviation away is e^-½ of that at the centre.
  expect(densities[250 + 25] / densities[250]).toBeCloseTo(Math.exp(-0.5), 1);
});

test('one effect is fitted though a third of its leaves were left alone', () => {
  const likelihood = createAmountLikelihood(amounts([0.5, 0.51, 0.49, 0.5, 0, 0.01]));
  const leaves = Uint32Array.from({ length: 6 }, (_, i) => quiet + i);
  const fitted = new Float64Array(6);
  const { ratio } = likelihood.fit(leaves, 6, fitted);
  expect(ratio).toBeCloseTo(0.6, 2);
  for (let i = 0; i < 4; i++) expect(fitted[i]).toBeGreaterThan(likelihood.normal[leaves[i]] + 10);
  for (let i = 4; i < 6; i++) expect(fitted[i]).toBeGreaterThan(likelihood.normal[leaves[i]] - 8);
});

test('one leaf alone gains no more than an effect of unknown size gives it', () => {
  const likelihood = createAmountLikelihood(amounts([0.8]));
  const fitted = new Float64Array(1);
  const { cost } = likelihood.fit(Uint32Array.of(quiet), 1, fitted);
  expect(fitted[0] - cost).toBeLessThan(likelihood.broad[quiet] + 0.7);
});

test('new and vanished leaves are improbable but finite, empty ones say nothing', () => {
  const measurement = amounts([2, 0, 0]);
  measurement.expected[quiet + 1] = 0;
  measurement.expected[quiet + 2] = 0;
  measurement.actual[quiet + 2] = 0;
  const { normal: logs, broad, information } = createAmountLikelihood(measurement);
  for (const leaf of [quiet, quiet + 1]) {
    expect(logs[leaf]).toBeGreaterThan(-40);
    expect(logs[leaf]).toBeLessThan(-20);
  }
  expect([logs[quiet + 2], broad[quiet + 2], information[quiet + 2]]).toEqual([0, 0, 0]);
});
