import { expect, test } from 'vitest';
import { embeddingDrift } from '../../src/math/embedding-drift.ts';
import { createRng } from '../../src/math/rng.ts';
import { measureDrift } from '../../src/training/measure-drift.ts';

test('the thread finds what the formula says', async () => {
  const rng = createRng(1);
  const before = Float32Array.from({ length: 400 }, () => rng.unit() - 0.5);
  const after = before.map((value) => value + (rng.unit() - 0.5) / 4);
  const pairs = { before, after, dimensions: 8 };
  expect(await measureDrift(pairs)).toBe(embeddingDrift(pairs));
  expect(embeddingDrift(pairs)).toBeGreaterThan(0.001);
});

test('vectors that make no rows are refused', async () => {
  const pairs = { before: new Float32Array(8), after: new Float32Array(7), dimensions: 4 };
  await expect(measureDrift(pairs)).rejects.toMatchObject({ code: 'SL_TRAINING_FAILED' });
});

test('it can be broken off', async () => {
  const pairs = { before: new Float32Array(8), after: new Float32Array(8), dimensions: 4 };
  await expect(measureDrift(pairs, AbortSignal.abort(new Error('enough')))).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    cause: { message: 'enough' },
  });
});
