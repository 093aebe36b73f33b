import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Points } from '../../src/math/points.ts';
import { principalComponents } from '../../src/math/principal-components.ts';
import { createRng } from '../../src/math/rng.ts';

type Rows = readonly (readonly number[])[];

function pointsOf(rows: Rows): Points {
  return {
    values: Float64Array.from(rows.flat()),
    count: rows.length,
    dimensions: rows[0].length,
  };
}

/** Row k of a row-major matrix. */
const rowOf = (matrix: ArrayLike<number>, k: number, length: number) =>
  Array.from(matrix).slice(k * length, (k + 1) * length);
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + x * b[i], 0);

/** The slow clear twin of the covariance. */
function covarianceOf({ values, count, dimensions, weights }: Points): number[][] {
  const shares = Array.from({ length: count }, (_, i) => weights?.[i] ?? 1);
  const sum = shares.reduce((a, b) => a + b, 0);
  const mean = (of: (i: number) => number) =>
    shares.reduce((total, share, i) => total + (share / sum) * of(i), 0);
  const at = (i: number, d: number) => values[i * dimensions + d];
  const axes = Array.from({ length: dimensions }, (_, d) => d);
  const means = axes.map((d) => mean((i) => at(i, d)));
  return axes.map((a) =>
    axes.map((b) => mean((i) => (at(i, a) - means[a]) * (at(i, b) - means[b]))),
  );
}

const value = fc.double({ min: -10, max: 10, noNaN: true });
const cloud: fc.Arbitrary<Points> = fc
  .integer({ min: 1, max: 7 })
  .chain((d) =>
    fc.array(fc.array(value, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 12 }),
  )
  .chain((rows) => {
    const weight = fc.double({ min: 0.01, max: 3, noNaN: true });
    const weights = fc.array(weight, { minLength: rows.length, maxLength: rows.length });
    const points = pointsOf(rows);
    return fc.oneof(
      fc.constant(points),
      weights.map((list) => ({ ...points, weights: Float64Array.from(list) })),
    );
  });

/** Numbers along three hidden directions, and a little noise. */
function hidden(count: number, dimensions: number): Points {
  const rng = createRng(11);
  const directions = Array.from({ length: 3 * dimensions }, () => rng.unit() - 0.5);
  const rows = Array.from({ length: count }, () => {
    const factors = [9, 4, 2].map((size) => size * (rng.unit() - 0.5));
    return Array.from({ length: dimensions }, (_, d) =>
      factors.reduce((sum, f, k) => sum + f * directions[k * dimensions + d], 0.001 * rng.unit()),
    );
  });
  return pointsOf(rows);
}

test('the worked example of the literature', () => {
  // L. I. Smith, A tutorial on Principal Components Analysis, 2002, chapter 3; its variances are divided by n - 1.
  const x = [2.5, 0.5, 2.2, 1.9, 3.1, 2.3, 2, 1, 1.5, 1.1];
  const y = [2.4, 0.7, 2.9, 2.2, 3.0, 2.7, 1.6, 1.1, 1.6, 0.9];
  const found = principalComponents(pointsOf(x.map((value, i) => [value, y[i]])), 2);
  expect([...found.mean]).toEqual([expect.closeTo(1.81, 12), expect.closeTo(1.91, 12)]);
  expect(found.variances[0]).toBeCloseTo(1.28402771 * 0.9, 8);
  expect(found.variances[1]).toBeCloseTo(0.0490833989 * 0.9, 9);
  const expected = [0.677873399, 0.735178656, 0.735178656, -0.677873399];
  expected.forEach((entry, i) => {
    expect(found.basis[i]).toBeCloseTo(entry, 8);
  });
});

test('directions are unit vectors at right angles', () => {
  const property = fc.property(cloud, fc.integer({ min: 1, max: 9 }), (points, wanted) => {
    const { basis, components, dimensions } = principalComponents(points, wanted);
    expect(components).toBe(Math.min(wanted, points.dimensions));
    expect(basis.length).toBe(components * dimensions);
    for (let a = 0; a < components; a++)
      for (let b = 0; b <= a; b++)
        expect(dot(rowOf(basis, a, dimensions), rowOf(basis, b, dimensions))).toBeCloseTo(
          a === b ? 1 : 0,
          10,
        );
  });
  fc.assert(property, { numRuns: 200 });
});

test('each direction is an eigenvector of the covariance, greatest variance first', () => {
  const property = fc.property(cloud, (points) => {
    const { basis, variances, components, dimensions } = principalComponents(points, 9);
    const covariance = covarianceOf(points);
    for (let k = 0; k < components; k++) {
      const direction = rowOf(basis, k, dimensions);
      covariance.forEach((row, d) => {
        expect(dot(row, direction)).toBeCloseTo(variances[k] * direction[d], 9);
      });
      expect(variances[k]).toBeGreaterThanOrEqual(0);
      if (k > 0) expect(variances[k]).toBeLessThanOrEqual(variances[k - 1]);
    }
    const trace = covariance.reduce((sum, row, d) => sum + row[d], 0);
    expect(variances.reduce((sum, variance) => sum + variance, 0)).toBeCloseTo(trace, 9);
  });
  fc.assert(property, { numRuns: 200 });
});

test('coordinates along the directions have those variances, and lose nothing when all are kept', () => {
  const property = fc.property(cloud, (points) => {
    const found = principalComponents(points, points.dimensions);
    const { components: d, basis, mean, variances } = found;
    const seen = found.project(points);
    expect(seen).toMatchObject({ count: points.count, dimensions: d });
    expect(seen.weights).toBe(points.weights);
    covarianceOf(seen).forEach((row, a) => {
      row.forEach((entry, b) => {
        expect(entry).toBeCloseTo(a === b ? variances[a] : 0, 9);
      });
    });
    for (let i = 0; i < points.count; i++) {
      const coordinates = rowOf(seen.values, i, d);
      for (let axis = 0; axis < d; axis++) {
        const restored = coordinates.reduce(
          (sum, c, k) => sum + c * basis[k * d + axis],
          mean[axis],
        );
        expect(restored).toBeCloseTo(points.values[i * d + axis], 9);
      }
    }
  });
  fc.assert(property, { numRuns: 100 });
});

test('three hidden directions among 128 carry everything but the noise', () => {
  const points = hidden(300, 128);
  const found = principalComponents(points, 3);
  const all = principalComponents(points, 128);
  const sum = (list: Float64Array) => list.reduce((total, variance) => total + variance, 0);
  expect(sum(found.variances) / sum(all.variances)).toBeGreaterThan(0.9999);
  expect([...all.basis.subarray(0, 3 * 128)]).toEqual([...found.basis]);
  const seen = found.project(points).values;
  for (let i = 0; i < 300; i += 50)
    for (let d = 0; d < 128; d++) {
      const coordinates = rowOf(seen, i, 3);
      const restored = coordinates.reduce(
        (total, c, k) => total + c * found.basis[k * 128 + d],
        found.mean[d],
      );
      expect(Math.abs(restored - points.values[i * 128 + d])).toBeLessThan(0.002);
    }
});

test('a basis stays what it was fitted to, whatever it projects', () => {
  const points = hidden(40, 5);
  const found = principalComponents(points, 2);
  const [basis, mean] = [[...found.basis], [...found.mean]];
  const window = pointsOf([
    [9, 9, 9, 9, 9],
    [-1, 0, 1, 0, 5],
  ]);
  const before = found.project(window).values;
  points.values.fill(0);
  expect(found.project(window).values).toEqual(before);
  expect([[...found.basis], [...found.mean]]).toEqual([basis, mean]);
  const out = new Float64Array(2);
  found.projectInto([-1, 0, 1, 0, 5], out);
  expect(out).toEqual(before.subarray(2));
});

test('equal points give an equal basis, with the greatest entry of each direction positive', () => {
  const [first, second] = [hidden(60, 9), hidden(60, 9)].map((points) =>
    principalComponents(points, 9),
  );
  expect(second.basis).toEqual(first.basis);
  for (let k = 0; k < 9; k++) {
    const direction = rowOf(first.basis, k, 9);
    const greatest = Math.max(...direction.map(Math.abs));
    expect(direction).toContain(greatest);
  }
});

test('a point of double weight is a point that is there twice', () => {
  const rows = [
    [0, 1],
    [2, 5],
    [-3, 1],
    [4, 4],
  ];
  const twice = principalComponents(pointsOf([...rows, rows[3]]), 2);
  const weighed = principalComponents(
    { ...pointsOf(rows), weights: Float64Array.of(1, 1, 1, 2) },
    2,
  );
  for (const key of ['mean', 'basis', 'variances'] as const)
    twice[key].forEach((entry, i) => {
      expect(weighed[key][i]).toBeCloseTo(entry, 12);
    });
});

test('beyond the rank of the points the variance is 0 and the basis complete', () => {
  const found = principalComponents(
    pointsOf([
      [0, 0, 0],
      [3, 0, 4],
    ]),
    3,
  );
  expect([...found.basis.subarray(0, 3)]).toEqual([
    expect.closeTo(0.6, 12),
    expect.closeTo(0, 12),
    expect.closeTo(0.8, 12),
  ]);
  expect(found.variances[0]).toBeCloseTo(6.25, 12);
  expect(found.variances[1]).toBeCloseTo(0, 12);
  expect(principalComponents(pointsOf([[5, 6]]), 2).basis).toEqual(Float64Array.of(1, 0, 0, 1));
});

test.each([1e-140, 1e140])('the size of the values does not matter: times %d', (size) => {
  const points = hidden(30, 4);
  const scaled = { ...points, values: points.values.map((x) => x * size) };
  const [one, other] = [principalComponents(points, 4), principalComponents(scaled, 4)];
  one.basis.forEach((entry, i) => {
    expect(other.basis[i]).toBeCloseTo(entry, 6);
  });
  expect(other.variances[0] / (one.variances[0] * size * size)).toBeCloseTo(1, 9);
});

const points = pointsOf([
  [1, 2],
  [3, 5],
]);

test.each([
  [{ ...points, count: 3 }, 1, 'points has 4 values, expected 3 x 2'],
  [pointsOf([[1, Number.NaN]]), 1, 'value 1 of points is NaN, expected a finite number'],
  [points, 0, 'components is 0, expected a positive integer'],
  [points, 1.5, 'components is 1.5, expected a positive integer'],
  [pointsOf([[1e200], [-1e200]]), 1, 'value 0 of covariance is Infinity, expected a finite number'],
])('a refusal says what is wrong, case %#', (given, components, message) => {
  expect(() => principalComponents(given, components)).toThrow(new RangeError(message));
});

test('only points of the same dimensions are projected', () => {
  const found = principalComponents(points, 1);
  expect(() => found.project(pointsOf([[1]]))).toThrow(
    new RangeError('points have 1 dimensions, expected 2'),
  );
});
