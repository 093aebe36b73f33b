import { expect, test } from 'vitest';
import { haltonPoint } from '../../src/math/halton.ts';
import { createRng } from '../../src/math/rng.ts';

test('the first points are those of Halton', () => {
  // Halton 1960: 1/2, 1/4, 3/4, 1/8 in base 2 and 1/3, 2/3, 1/9, 4/9 in base 3.
  const points = [1, 2, 3, 4].map((index) => haltonPoint(index, [0, 0], createRng(1)));
  expect(points.map(([x]) => x)).toEqual([1 / 2, 1 / 4, 3 / 4, 1 / 8]);
  for (const [i, third] of [1 / 3, 2 / 3, 1 / 9, 4 / 9].entries())
    expect(points[i][1]).toBeCloseTo(third, 12);
});

test('every tenth of each coordinate gets its share, whatever the shift', () => {
  const shifts = [0.123, 0.9, 0.5, 0.77];
  const counts = shifts.map(() => new Uint32Array(10));
  for (let index = 1; index <= 1000; index++)
    for (const [d, at] of haltonPoint(index, shifts, createRng(1)).entries())
      counts[d][Math.floor(at * 10)] += 1;
  for (const row of counts) for (const count of row) expect(Math.abs(count - 100)).toBeLessThan(12);
});

test('beyond sixteen coordinates points are random and still within the cube', () => {
  const rng = createRng(1);
  const point = haltonPoint(5, new Array(20).fill(0.3), rng);
  expect(point).toHaveLength(20);
  expect(point.every((at) => at >= 0 && at < 1)).toBe(true);
});
