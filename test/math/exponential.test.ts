import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exponentials } from '../../src/math/exponential.ts';

test('powers agree with Math.exp to five digits, for lists of any length', () => {
  const value = fc.float({ min: -60, max: 0, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 600 }),
      fc.float({ min: -5, max: 5, noNaN: true }),
      (list, shift) => {
        const values = Float32Array.from(list, (x) => x + shift);
        const expected = [...values].map((x) => Math.exp(x - shift));
        exponentials(values, values.length, shift);
        values.forEach((power, i) => {
          expect(Math.abs(power - expected[i])).toBeLessThanOrEqual(1e-5 * expected[i]);
        });
      },
    ),
  );
});

test('the greatest is 1 exactly, and what is far below it is 0', () => {
  const values = Float32Array.of(3, -1e9, Number.NEGATIVE_INFINITY);
  exponentials(values, 3, 3);
  expect([...values]).toEqual([1, 0, 0]);
});
