import { expect, test } from 'vitest';
import { fitPlatt } from '../../src/math/platt.ts';
import { createRng } from '../../src/math/rng.ts';

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

test('finds the scale that made the clicks', () => {
  const rng = createRng(1);
  const logits = Float64Array.from({ length: 40_000 }, () => 8 * (rng.unit() - 0.5));
  const clicked = Uint8Array.from(logits, (z) => Number(rng.unit() < logistic(0.5 * z - 1)));
  const { slope, offset } = fitPlatt(logits, clicked);
  expect(slope).toBeCloseTo(0.5, 1);
  expect(offset).toBeCloseTo(-1, 1);
});

test('the mean prediction is the mean of the targets', () => {
  const logits = Float64Array.of(-2, -1, 0, 1, 2, 3);
  const clicked = Uint8Array.of(0, 0, 1, 0, 1, 1);
  const { slope, offset } = fitPlatt(logits, clicked);
  const mean = logits.reduce((sum, z) => sum + logistic(slope * z + offset), 0) / 6;
  // Three positives of target 4/5, three negatives of target 1/5.
  expect(mean).toBeCloseTo(0.5, 6);
});

test('clicks that a threshold parts do not make certainty', () => {
  const { slope, offset } = fitPlatt(Float64Array.of(-1, -1, 1, 1), Uint8Array.of(0, 0, 1, 1));
  // The targets are 1/4 and 3/4.
  expect(logistic(slope + offset)).toBeCloseTo(0.75, 6);
});

test('one class, no rows and clicks against the logits change nothing', () => {
  const identity = { slope: 1, offset: 0 };
  expect(fitPlatt(Float64Array.of(1, 2), Uint8Array.of(1, 1))).toEqual(identity);
  expect(fitPlatt(new Float64Array(0), new Uint8Array(0))).toEqual(identity);
  expect(fitPlatt(Float64Array.of(3, 2, -1, -2), Uint8Array.of(0, 0, 1, 1))).toEqual(identity);
});

test('a logit that is not finite is refused', () => {
  expect(() => fitPlatt(Float64Array.of(Number.NaN), Uint8Array.of(1))).toThrow(RangeError);
});
