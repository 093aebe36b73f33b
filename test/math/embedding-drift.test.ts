import { expect, test } from 'vitest';
import { embeddingDrift } from '../../src/math/embedding-drift.ts';
import { createRng } from '../../src/math/rng.ts';

const dimensions = 4;
const random = (seed: number, rows = 200) => {
  const rng = createRng(seed);
  return Float32Array.from({ length: rows * dimensions }, () => rng.unit() - 0.5);
};

test('a rotation of all vectors is no drift', () => {
  const before = random(1);
  const [sine, cosine] = [Math.sin(0.7), Math.cos(0.7)];
  const after = before.map((value, i) => {
    if (i % dimensions === 0) return cosine * value - sine * before[i + 2];
    return i % dimensions === 2 ? sine * before[i - 2] + cosine * value : -value;
  });
  expect(embeddingDrift({ before, after, dimensions })).toBeCloseTo(0, 5);
});

test('drift grows with what changed, and is great between strangers', () => {
  const before = random(1);
  const noise = random(2);
  const drifts = [0, 0.1, 0.5, 2].map((share) =>
    embeddingDrift({ before, after: before.map((v, i) => v + share * noise[i]), dimensions }),
  );
  expect(drifts).toEqual(drifts.toSorted((a, b) => a - b));
  expect(embeddingDrift({ before, after: noise, dimensions })).toBeGreaterThan(0.7);
});

test('one opposite vector among equals is a drift of two over their number', () => {
  const before = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0);
  const after = Float32Array.of(1, 0, 1, 0, 1, 0, -1, 0);
  expect(embeddingDrift({ before, after, dimensions: 2 })).toBeCloseTo(2 / 4, 6);
});

test('things without a vector do not count, and nothing has not moved', () => {
  const before = Float32Array.of(1, 0, 0, 0);
  expect(embeddingDrift({ before, after: before, dimensions: 2 })).toBeCloseTo(0, 6);
  expect(embeddingDrift({ before: before.map(() => 0), after: before, dimensions: 2 })).toBe(0);
  expect(() => embeddingDrift({ before, after: before.subarray(1), dimensions: 2 })).toThrow(
    /4 and 3/,
  );
});
