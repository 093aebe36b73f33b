import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unitDirections } from '../../src/math/directions.ts';
import type { Points } from '../../src/math/points.ts';
import { createRng } from '../../src/math/rng.ts';
import { slicedWasserstein1 } from '../../src/math/sliced-wasserstein.ts';
import { wasserstein1 } from '../../src/math/wasserstein.ts';

/** Made with SciPy 1.17.1, the distance of one dimension for each projection. */
const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/wasserstein_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

type Rows = readonly (readonly number[])[];

interface Case {
  readonly d: number;
  readonly X: Rows;
  readonly Y: Rows;
  readonly projections: Rows;
  readonly sliced_w1_mean: number;
  readonly sliced_w1_max: number;
}

const cases: readonly Case[] = present ? JSON.parse(readFileSync(reference, 'utf8')).multidim : [];

function pointsOf(rows: Rows, weights?: readonly number[]): Points {
  const points = {
    values: Float64Array.from(rows.flat()),
    count: rows.length,
    dimensions: rows[0].length,
  };
  return weights === undefined ? points : { ...points, weights: Float64Array.from(weights) };
}

/** The slow clear twin: each direction for itself, by the distance in one dimension. */
function distances(u: Points, v: Points, directions: Float64Array): number[] {
  const { dimensions } = u;
  const along = ({ values, count }: Points, k: number) =>
    Array.from({ length: count }, (_, i) => {
      const row = [...values.subarray(i * dimensions, (i + 1) * dimensions)];
      return row.reduce((sum, x, d) => sum + x * directions[k * dimensions + d], 0);
    });
  return Array.from({ length: directions.length / dimensions }, (_, k) =>
    wasserstein1(along(u, k), along(v, k), { u: u.weights, v: v.weights }),
  );
}

const value = fc.double({ min: -10, max: 10, noNaN: true });
const weighted = (dimensions: number): fc.Arbitrary<Points> =>
  fc
    .array(
      fc.tuple(
        fc.array(value, { minLength: dimensions, maxLength: dimensions }),
        fc.double({ min: 0.01, max: 5, noNaN: true }),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .chain((rows) => {
      const points = pointsOf(rows.map(([row]) => row));
      const weights = Float64Array.from(rows, ([, weight]) => weight);
      return fc.constantFrom<Points>(points, { ...points, weights });
    });
const clouds = fc.integer({ min: 1, max: 5 }).chain((d) =>
  fc.record({
    u: weighted(d),
    v: weighted(d),
    w: weighted(d),
    directions: fc.integer().map((seed) => unitDirections(6, d, createRng(seed))),
  }),
);

test.skipIf(!present).each(cases)('SciPy finds the same in $d dimensions', (given) => {
  const directions = Float64Array.from(given.projections.flat());
  const { mean, max, worst } = slicedWasserstein1(pointsOf(given.X), pointsOf(given.Y), directions);
  expect(Math.abs(mean / given.sliced_w1_mean - 1)).toBeLessThan(1e-9);
  expect(Math.abs(max / given.sliced_w1_max - 1)).toBeLessThan(1e-9);
  const each = distances(pointsOf(given.X), pointsOf(given.Y), directions);
  expect(worst).toBe(each.indexOf(Math.max(...each)));
});

test('each direction has the exact distance of one dimension', () => {
  const property = fc.property(clouds, ({ u, v, directions }) => {
    const each = distances(u, v, directions);
    const found = slicedWasserstein1(u, v, directions);
    expect(found.mean).toBeCloseTo(each.reduce((a, b) => a + b) / each.length, 9);
    expect(found.max).toBeCloseTo(Math.max(...each), 9);
    expect(each[found.worst]).toBeCloseTo(found.max, 9);
  });
  fc.assert(property);
});

test('it is symmetric, 0 to itself, and no detour is shorter', () => {
  const property = fc.property(clouds, ({ u, v, w, directions }) => {
    const between = (a: Points, b: Points) => slicedWasserstein1(a, b, directions);
    expect(between(u, u)).toEqual({ mean: 0, max: 0, worst: 0 });
    expect(between(v, u).mean).toBeCloseTo(between(u, v).mean, 10);
    for (const key of ['mean', 'max'] as const)
      expect(between(u, w)[key]).toBeLessThanOrEqual(
        between(u, v)[key] + between(v, w)[key] + 1e-9,
      );
  });
  fc.assert(property);
});

test('a shift is seen in full along its own direction, and not across it', () => {
  const rng = createRng(3);
  const rows = Array.from({ length: 50 }, () => [rng.unit(), rng.unit(), rng.unit()]);
  const shifted = rows.map(([x, y, z]) => [x, y + 0.25, z]);
  const axes = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const { mean, max, worst } = slicedWasserstein1(pointsOf(rows), pointsOf(shifted), axes);
  expect([mean, max]).toEqual([expect.closeTo(0.25 / 3, 12), expect.closeTo(0.25, 12)]);
  expect(worst).toBe(1);
});

test('a point of double weight is a point that is there twice', () => {
  const rows = [
    [0, 1],
    [2, 5],
    [-3, 1],
  ];
  const directions = unitDirections(8, 2, createRng(4));
  const other = pointsOf([
    [1, 1],
    [4, 0],
  ]);
  const doubled = slicedWasserstein1(pointsOf([...rows, rows[1]]), other, directions);
  const weighed = slicedWasserstein1(pointsOf(rows, [1, 2, 1]), other, directions);
  expect(weighed.mean).toBeCloseTo(doubled.mean, 12);
  expect(weighed.max).toBeCloseTo(doubled.max, 12);
});

test('points in f32 are measured as the doubles that they are', () => {
  const values = Float32Array.of(0.1, 0.2, 0.3, 0.4);
  const f32 = { values, count: 2, dimensions: 2 };
  const f64 = { ...f32, values: Float64Array.from(values) };
  const directions = unitDirections(3, 2, createRng(7));
  const other = pointsOf([[1, 2]]);
  expect(slicedWasserstein1(f32, other, directions)).toEqual(
    slicedWasserstein1(f64, other, directions),
  );
});

const good = pointsOf([
  [1, 2],
  [3, 4],
]);
const axis = Float64Array.of(1, 0);

test.each([
  [
    { ...good, count: 0, values: new Float64Array(0) },
    axis,
    'u is 0 x 2, expected two positive integers',
  ],
  [{ ...good, count: 3 }, axis, 'u has 4 values, expected 3 x 2'],
  [pointsOf([[1, Number.NaN]]), axis, 'value 1 of u is NaN, expected a finite number'],
  [pointsOf([[1, 2]], [1, 2]), axis, 'u has 2 weights, expected 1'],
  [pointsOf([[1, 2]], [0]), axis, 'sum of weights of u is 0, expected a positive finite number'],
  [good, new Float64Array(0), 'directions have 0 numbers, expected a multiple of 2'],
  [good, new Float64Array(3), 'directions have 3 numbers, expected a multiple of 2'],
  [good, Float64Array.of(Number.NaN, 1), 'value 0 of directions is NaN, expected a finite number'],
  [pointsOf([[1]]), Float64Array.of(1), 'v has 2 dimensions, expected 1'],
  [
    pointsOf([[-1.7e308, 0]]),
    Float64Array.of(2, 0),
    'distance is Infinity, expected values closer to each other',
  ],
])('a refusal says what is wrong, case %#', (points, directions, message) => {
  expect(() => slicedWasserstein1(points, good, directions)).toThrow(new RangeError(message));
});

test('the second side is checked as the first', () => {
  expect(() =>
    slicedWasserstein1(good, { ...good, weights: Float64Array.of(1, -1) }, axis),
  ).toThrow(new RangeError('weight 1 of v is -1, expected 0 or more'));
});
