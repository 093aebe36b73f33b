import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAliasTable } from '../../src/math/kernels/alias-table.ts';
import { createSgnsTrainer } from '../../src/math/kernels/sgns-trainer.ts';

const dot = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);

test('the alias table holds the given probabilities', () => {
  const weights = fc
    .array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 1, maxLength: 50 })
    .filter((list) => list.some((weight) => weight > 1e-3));
  fc.assert(
    fc.property(weights, (list) => {
      const table = createAliasTable(list);
      const held = new Float64Array(list.length);
      for (let i = 0; i < list.length; i++) {
        held[i] += table[2 * i] / 2 ** 32 / list.length;
        held[table[2 * i + 1]] += (1 - table[2 * i] / 2 ** 32) / list.length;
      }
      const sum = list.reduce((a, b) => a + b);
      for (const [i, weight] of list.entries()) expect(held[i]).toBeCloseTo(weight / sum, 8);
    }),
  );
});

test('training gives the same bits on both engines', () => {
  const lessons = fc.record({
    items: fc.integer({ min: 1, max: 30 }),
    dimensions: fc.integer({ min: 1, max: 40 }),
    negatives: fc.integer({ min: 0, max: 9 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(lessons, ({ items, dimensions, negatives, seed }) => {
      const centers = Int32Array.from({ length: 60 }, (_, i) => (i * i) % items);
      const contexts = Int32Array.from({ length: 60 }, (_, i) => (i * 7) % items);
      const [fast, plain] = [true, false].map((simd) => {
        const trainer = createSgnsTrainer({ items, dimensions, seed, simd });
        trainer.setNegatives(createAliasTable(Array.from({ length: items }, (_, i) => i + 1)));
        for (let epoch = 0; epoch < 3; epoch++)
          trainer.train(centers, contexts, 60, negatives, 0.5);
        return trainer;
      });
      expect(fast.input).toEqual(plain.input);
      expect(fast.output).toEqual(plain.output);
    }),
    { numRuns: 50 },
  );
});

test('one step moves both rows along the gradient', () => {
  const trainer = createSgnsTrainer({ items: 2, dimensions: 2, seed: 1 });
  const { input, output, stride } = trainer;
  input.set([1, 2]);
  output.set([0.5, 0.25], stride);
  trainer.train(Int32Array.of(0), Int32Array.of(1), 1, 0, 0.1);
  // 0.1 · (1 - σ(1)) = 0.0268941, σ to within half a step of its table.
  for (const [value, expected] of [
    [output[stride], 0.5 + 0.0268941],
    [output[stride + 1], 0.25 + 0.0537883],
    [input[0], 1 + 0.01344707],
    [input[1], 2 + 0.00672354],
  ])
    expect(value).toBeCloseTo(expected, 3);
});

test('negatives come from the given table, and never are the context', () => {
  const trainer = createSgnsTrainer({ items: 4, dimensions: 8, seed: 5 });
  const { output, stride } = trainer;
  const codes = new Int32Array(50);
  const row = (item: number) => output.subarray(item * stride, (item + 1) * stride);
  trainer.setNegatives(createAliasTable([1, 0, 0, 1]));
  trainer.train(codes, codes, 50, 3, 0.1);
  expect([1, 2].map((item) => row(item).some((value) => value !== 0))).toEqual([false, false]);
  expect(dot(trainer.input.subarray(0, 8), row(0))).toBeGreaterThan(0);
  expect(dot(trainer.input.subarray(0, 8), row(3))).toBeLessThan(0);
});

test('items seen together come to predict each other', () => {
  const trainer = createSgnsTrainer({ items: 20, dimensions: 16, seed: 2 });
  const centers = Int32Array.from({ length: 8000 }, (_, i) => (i * 7 + (i >> 3)) % 20);
  const contexts = centers.map((center, i) => (center + 2 * (i % 5)) % 20);
  for (let epoch = 0; epoch < 3; epoch++) trainer.train(centers, contexts, 8000, 5, 0.1);
  const { input, output, stride } = trainer;
  const score = (a: number, b: number) =>
    dot(
      input.subarray(a * stride, (a + 1) * stride),
      output.subarray(b * stride, (b + 1) * stride),
    );
  expect(score(4, 6) - score(4, 7)).toBeGreaterThan(1);
});

test('bad weights, shapes, codes, tables and counts are refused', () => {
  const trainer = createSgnsTrainer({ items: 2, dimensions: 4, seed: 1 });
  const codes = Int32Array.of(0, 1);
  const wrong: (() => unknown)[] = [
    () => createAliasTable([1, -1]),
    () => createAliasTable([0, 0]),
    () => createSgnsTrainer({ items: 0, dimensions: 4, seed: 1 }),
    () => trainer.train(Int32Array.of(0, 2), codes, 2, 1, 0.1),
    () => trainer.train(codes, Int32Array.of(-1, 0), 2, 1, 0.1),
    () => trainer.train(codes, codes, 3, 1, 0.1),
    () => trainer.train(codes, codes, 2, 65, 0.1),
    () => trainer.setNegatives(new Uint32Array(3)),
    () => trainer.setNegatives(Uint32Array.of(0, 0, 0, 2)),
  ];
  for (const call of wrong) expect(call, String(call)).toThrow(RangeError);
});
