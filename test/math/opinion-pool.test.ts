import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOpinionPool } from '../../src/math/kernels/opinion-pool.ts';

const score = fc.oneof(
  fc.constant(0),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
  fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY),
);

test('the kernel and its scalar twin agree, and refuse the same scores', () => {
  const [simd, scalar] = [createOpinionPool(), createOpinionPool({ simd: false })];
  fc.assert(
    fc.property(
      fc.array(score, { maxLength: 200 }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (list, weight) => {
        const options = {
          count: list.length,
          weights: Float32Array.of(weight, 1),
          room: list.length * 10,
        };
        const run = (pool: typeof simd) => {
          const columns = [Float32Array.from(list), Float32Array.from(list).reverse()];
          const totals = new Float32Array(list.length).fill(Number.NaN);
          return { refused: pool({ ...options, columns, totals }), values: [...columns, totals] };
        };
        const [a, b] = [run(simd), run(scalar)];
        expect(a.refused).toBe(b.refused);
        a.values.forEach((column, c) => {
          column.forEach((value, row) => {
            expect(Math.abs(value - b.values[c][row])).toBeLessThan(1e-5);
          });
        });
      },
    ),
  );
});

test('a column longer than the kernel takes is pooled all the same', () => {
  const column = new Float32Array(5000).fill(1);
  const totals = new Float32Array(5000);
  const options = { count: 5000, weights: Float32Array.of(1), room: 5000 };
  createOpinionPool()({ ...options, columns: [column], totals });
  expect(totals[4999]).toBeCloseTo(Math.log(2), 5);
});
