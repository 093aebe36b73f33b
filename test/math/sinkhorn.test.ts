import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Points } from '../../src/math/points.ts';
import { sinkhorn, sinkhornDivergence } from '../../src/math/sinkhorn.ts';
import { wasserstein1 } from '../../src/math/wasserstein.ts';

/** Made with NumPy 2.4.6 in the log domain: epsilon in the unit of the distances, at most 20,000 iterations. */
const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/wasserstein_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

type Rows = readonly (readonly number[])[];

interface Case {
  readonly d: number;
  readonly X: Rows;
  readonly Y: Rows;
  readonly w1_exact_euclid: number;
  readonly sinkhorn: Record<
    string,
    { readonly transport_cost: number; readonly divergence: number }
  >;
}

const cases: readonly Case[] = present ? JSON.parse(readFileSync(reference, 'utf8')).multidim : [];
const casesAt = (epsilon: string) =>
  cases.map((given) => ({ ...given, ...given.sinkhorn[epsilon] }));

function pointsOf(rows: Rows, weights?: readonly number[]): Points {
  const points = {
    values: Float64Array.from(rows.flat()),
    count: rows.length,
    dimensions: rows[0].length,
  };
  return weights === undefined ? points : { ...points, weights: Float64Array.from(weights) };
}

/** The slow clear twin: Sinkhorn's scaling of the kernel e^(-M / epsilon) itself, which a small epsilon underflows. */
function scaledCost(u: Points, v: Points, epsilon: number): number {
  const [a, b] = [u, v].map(({ count, weights }) => {
    const list = weights === undefined ? new Array<number>(count).fill(1) : [...weights];
    const sum = list.reduce((total, weight) => total + weight, 0);
    return list.map((weight) => weight / sum);
  });
  const at = ({ values, dimensions }: Points, i: number) => [
    ...values.subarray(i * dimensions, (i + 1) * dimensions),
  ];
  const cost = a.map((_, i) =>
    b.map((_, j) => Math.hypot(...at(u, i).map((x, d) => x - at(v, j)[d]))),
  );
  let [left, right] = [a.map(() => 1), b.map(() => 1)];
  const kernel = cost.map((row) => row.map((c) => Math.exp(-c / epsilon)));
  for (let step = 0; step < 3000; step++) {
    left = a.map((share, i) => share / b.reduce((sum, _, j) => sum + kernel[i][j] * right[j], 0));
    right = b.map((share, j) => share / a.reduce((sum, _, i) => sum + kernel[i][j] * left[i], 0));
  }
  return a
    .flatMap((_, i) => b.map((_, j) => left[i] * kernel[i][j] * right[j] * cost[i][j]))
    .reduce((sum, part) => sum + part, 0);
}

const value = fc.double({ min: -2, max: 2, noNaN: true });
const cloud: fc.Arbitrary<Points> = fc
  .array(fc.tuple(value, value, fc.double({ min: 0.1, max: 2, noNaN: true })), {
    minLength: 1,
    maxLength: 6,
  })
  .chain((rows) => {
    const places = rows.map(([x, y]) => [x, y]);
    return fc.constantFrom(
      pointsOf(places),
      pointsOf(
        places,
        rows.map(([, , weight]) => weight),
      ),
    );
  });
const exactly = { maxIterations: 20_000, tolerance: 1e-13 };

test.skipIf(!present).each([
  ['1.0', 1e-12, 1e-12],
  ['0.1', 1e-12, 1e-9],
])('the reference is met at epsilon %s', (epsilon, ofCost, ofDivergence) => {
  for (const { X, Y, transport_cost, divergence } of casesAt(epsilon)) {
    const options = { epsilon: Number(epsilon), ...exactly };
    const found = sinkhornDivergence(pointsOf(X), pointsOf(Y), options);
    expect(Math.abs(found.cross.transportCost / transport_cost - 1)).toBeLessThan(ofCost);
    expect(Math.abs(found.divergence / divergence - 1)).toBeLessThan(ofDivergence);
    expect(found.converged).toBe(true);
  }
});

test.skipIf(!present)(
  'what has not converged says so, and is close to the reference all the same',
  () => {
    for (const { X, Y, transport_cost, w1_exact_euclid } of casesAt('0.02')) {
      const options = { epsilon: 0.02, maxIterations: 2000, tolerance: 1e-9 };
      const found = sinkhorn(pointsOf(X), pointsOf(Y), options);
      expect(found).toMatchObject({ iterations: 2000, converged: false });
      expect(found.marginalError).toBeGreaterThan(1e-9);
      expect(Math.abs(found.transportCost / transport_cost - 1)).toBeLessThan(1e-3);
      expect(Math.abs(found.transportCost / w1_exact_euclid - 1)).toBeLessThan(1e-2);
    }
  },
);

test('the plan costs what scaling the kernel finds', () => {
  const property = fc.property(cloud, cloud, (u, v) => {
    const { transportCost } = sinkhorn(u, v, { epsilon: 0.5, ...exactly });
    expect(transportCost).toBeCloseTo(scaledCost(u, v, 0.5), 8);
  });
  fc.assert(property, { numRuns: 20 });
});

test('in one dimension a plan costs at least the exact distance, and comes close to it', () => {
  const line = fc.array(fc.tuple(value), { minLength: 1, maxLength: 8 });
  const property = fc.property(line, line, (u, v) => {
    const exact = wasserstein1(u.flat(), v.flat());
    const options = { epsilon: 0.05, maxIterations: 3000, tolerance: 1e-10 };
    const { transportCost, marginalError } = sinkhorn(pointsOf(u), pointsOf(v), options);
    // Mass that the plan misses could have had up to the greatest distance, 4, to go.
    expect(transportCost).toBeGreaterThan(exact - 4 * marginalError - 1e-9);
    expect(transportCost).toBeLessThan(exact + 0.05 * Math.log(64) + 4 * marginalError + 1e-9);
  });
  fc.assert(property, { numRuns: 40 });
});

test('the divergence is symmetric, and 0 between equal clouds, where the cost is not', () => {
  const property = fc.property(cloud, cloud, (u, v) => {
    const options = { epsilon: 0.5, ...exactly };
    const there = sinkhornDivergence(u, v, options);
    expect(sinkhornDivergence(v, u, options).divergence).toBeCloseTo(there.divergence, 8);
    expect(sinkhornDivergence(u, u, options).divergence).toBeCloseTo(0, 8);
  });
  fc.assert(property, { numRuns: 40 });
  const pair = pointsOf([[0], [1]]);
  expect(sinkhorn(pair, pair, { epsilon: 1 }).transportCost).toBeGreaterThan(0.2);
});

test('two single points are as far apart as they are', () => {
  const [u, v] = [pointsOf([[0, 0]]), pointsOf([[3, 4]])];
  for (const epsilon of [1e-3, 1, 1e3])
    expect(sinkhornDivergence(u, v, { epsilon })).toMatchObject({
      divergence: expect.closeTo(5, 9),
      cross: { transportCost: expect.closeTo(5, 9), converged: true },
      converged: true,
    });
});

test('points at one place cost nothing, and a point without weight changes nothing', () => {
  const place = pointsOf([
    [1, 2],
    [1, 2],
  ]);
  expect(sinkhorn(place, place, { epsilon: 0.1 })).toEqual({
    transportCost: 0,
    iterations: 1,
    marginalError: 0,
    converged: true,
  });
  const [u, v] = [pointsOf([[0], [1]]), pointsOf([[2], [4]])];
  const more = pointsOf([[0], [1], [99]], [1, 1, 0]);
  const options = { epsilon: 0.5, ...exactly };
  for (const [a, b] of [
    [more, v],
    [v, more],
  ])
    expect(sinkhornDivergence(a, b, options).divergence).toBeCloseTo(
      sinkhornDivergence(u, v, options).divergence,
      10,
    );
});

test('equal clouds converge in a few dozen steps where taking turns would need thousands', () => {
  const cloud = pointsOf([[0], [0.9], [2.3], [2.9], [4.1]]);
  const far = pointsOf([[100]]);
  const options = { epsilon: 0.3, maxIterations: 60, tolerance: 1e-12 };
  expect(sinkhorn(cloud, cloud, options).converged).toBe(false);
  expect(sinkhornDivergence(cloud, far, options).converged).toBe(true);
});

test('a divergence has converged only if all three plans have', () => {
  const cloud = pointsOf([[0], [1], [2.5]]);
  const options = { epsilon: 0.5, maxIterations: 3, tolerance: 1e-9 };
  const found = sinkhornDivergence(cloud, pointsOf([[9]]), options);
  expect([found.cross.converged, found.converged]).toEqual([true, false]);
});

test('the marginal error is a share of the mass', () => {
  // Without potentials each mass of 1/2 is e^(-5 / 5) of itself.
  const u = pointsOf([[-5], [5]]);
  const options = { epsilon: 5, maxIterations: 1 };
  const { marginalError } = sinkhorn(u, pointsOf([[0]]), options);
  expect(marginalError).toBeCloseTo(1 - Math.exp(-1), 12);
});

const points = pointsOf([[1, 2]]);

test.each([
  [pointsOf([[1]]), { epsilon: 1 }, 'v has 2 dimensions, expected 1'],
  [pointsOf([[1, Number.NaN]]), { epsilon: 1 }, 'value 1 of u is NaN, expected a finite number'],
  [pointsOf([[1, 1]], [-1]), { epsilon: 1 }, 'weight 0 of u is -1, expected 0 or more'],
  [
    pointsOf([[1e200, 1]]),
    { epsilon: 1 },
    'distance is Infinity, expected values closer to each other',
  ],
  [points, { epsilon: 0 }, 'epsilon is 0, expected a positive finite number'],
  [points, { epsilon: Number.NaN }, 'epsilon is NaN, expected a positive finite number'],
  [points, { epsilon: 1, maxIterations: 0 }, 'maxIterations is 0, expected a positive integer'],
  [points, { epsilon: 1, tolerance: -1 }, 'tolerance is -1, expected 0 or more'],
])('a refusal says what is wrong, case %#', (u, options, message) => {
  expect(() => sinkhorn(u, points, options)).toThrow(new RangeError(message));
  expect(() => sinkhornDivergence(u, points, options)).toThrow(new RangeError(message));
});
