import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleSorter } from '../../src/math/sample.ts';
import {
  sampleWasserstein1,
  sortedWasserstein1,
  wasserstein1,
} from '../../src/math/wasserstein.ts';

/** Made with SciPy 1.17.1, `scipy.stats.wasserstein_distance`. */
const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/wasserstein_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

/** A value that is not finite is written as a string. */
type Numbers = readonly (number | string)[];

interface Case {
  readonly name: string;
  readonly u: Numbers;
  readonly v: Numbers;
  readonly u_weights?: Numbers;
  readonly v_weights?: Numbers;
  readonly w1: number | string | null;
}

const cases: readonly Case[] = present
  ? JSON.parse(readFileSync(reference, 'utf8')).wasserstein_1d
  : [];
const isRight = ({ w1 }: Case) => typeof w1 === 'number';

function distanceOf({ u, v, u_weights, v_weights }: Case): number {
  const weights = { u: u_weights?.map(Number), v: v_weights?.map(Number) };
  return wasserstein1(u.map(Number), v.map(Number), weights);
}

interface Sample {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}

/** The slow clear twin: the area between the distribution functions, each counted anew between any two values. */
function areaBetween(u: Sample, v: Sample): number {
  const below = ({ values, weights }: Sample, limit: number) => {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return values.reduce((total, x, i) => total + (x <= limit ? weights[i] / sum : 0), 0);
  };
  const edges = [...u.values, ...v.values].sort((a, b) => a - b);
  return edges
    .slice(1)
    .reduce(
      (area, x, i) => area + Math.abs(below(u, edges[i]) - below(v, edges[i])) * (x - edges[i]),
      0,
    );
}

const distance = (u: Sample, v: Sample) =>
  wasserstein1(u.values, v.values, { u: u.weights, v: v.weights });
const even = (values: readonly number[]): Sample => ({ values, weights: values.map(() => 1) });

// Whole numbers make ties between the samples.
const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -1000, max: 1000, noNaN: true }),
);
const values = fc.array(value, { minLength: 1, maxLength: 40 });
const sample: fc.Arbitrary<Sample> = fc
  .array(
    fc.tuple(value, fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 10, noNaN: true }))),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .filter((pairs) => pairs.some(([, weight]) => weight > 0))
  .map((pairs) => ({ values: pairs.map(([x]) => x), weights: pairs.map(([, weight]) => weight) }));

test.skipIf(!present).each(cases.filter(isRight))(
  'SciPy finds the same distance: $name',
  (given) => {
    const expected = Number(given.w1);
    expect(Math.abs(distanceOf(given) - expected)).toBeLessThanOrEqual(1e-9 * expected);
  },
);

test.skipIf(!present).each(cases.filter((given) => !isRight(given)))(
  'a sample that is no distribution is refused: $name',
  (given) => {
    expect(() => distanceOf(given)).toThrow(RangeError);
  },
);

test.skipIf(!present)('the reference holds 60 cases, eight of them wrong', () => {
  expect([cases.length, cases.filter(isRight).length]).toEqual([60, 52]);
});

test('samples of unequal size move all of their mass', () => {
  // By hand; a loop over steps of min(1/n, 1/m) finds 33.3, 0 and 2.5.
  expect(wasserstein1([0, 0, 0], [0, 100])).toBeCloseTo(50, 12);
  expect(wasserstein1([0], [0, 0, 3])).toBeCloseTo(1, 12);
  expect(wasserstein1([0, 10], [0, 0, 10, 10])).toBe(0);
});

test('the distance is the area between the distribution functions', () => {
  const property = fc.property(sample, sample, (u, v) => {
    expect(distance(u, v)).toBeCloseTo(areaBetween(u, v), 9);
    const [a, b] = [even(u.values), even(v.values)];
    expect(wasserstein1(u.values, v.values)).toBeCloseTo(areaBetween(a, b), 9);
    expect(wasserstein1(u.values, v.values, { v: v.weights })).toBeCloseTo(areaBetween(a, v), 9);
  });
  fc.assert(property, { numRuns: 200 });
});

test('it is a distance: symmetric, 0 to itself, no detour is shorter', () => {
  const property = fc.property(sample, sample, sample, (u, v, w) => {
    expect(distance(u, u)).toBe(0);
    expect(distance(v, u)).toBeCloseTo(distance(u, v), 10);
    expect(distance(u, w)).toBeLessThanOrEqual(distance(u, v) + distance(v, w) + 1e-9);
  });
  fc.assert(property);
});

test('a shift of one side moves all mass by it, a shift of both none', () => {
  const property = fc.property(sample, sample, value, (u, v, by) => {
    const shifted = (one: Sample) => ({ ...one, values: one.values.map((x) => x + by) });
    expect(distance(u, shifted(u))).toBeCloseTo(Math.abs(by), 9);
    expect(distance(shifted(u), shifted(v))).toBeCloseTo(distance(u, v), 9);
  });
  fc.assert(property);
});

test('the distance scales with the values, and with the weights not at all', () => {
  const property = fc.property(
    sample,
    sample,
    fc.double({ min: 0.01, max: 9, noNaN: true }),
    (u, v, by) => {
      const wider = (one: Sample) => ({ ...one, values: one.values.map((x) => x * -by) });
      const heavier = { ...u, weights: u.weights.map((weight) => weight * by) };
      expect(distance(wider(u), wider(v))).toBeCloseTo(distance(u, v) * by, 8);
      expect(distance(heavier, v)).toBeCloseTo(distance(u, v), 9);
    },
  );
  fc.assert(property);
});

test('neither the order of the values nor the division of a weight matters', () => {
  const property = fc.property(
    sample,
    sample,
    fc.nat(),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (u, v, at, part) => {
      const reversed = { values: [...u.values].reverse(), weights: [...u.weights].reverse() };
      expect(distance(reversed, v)).toBeCloseTo(distance(u, v), 10);
      const row = at % u.values.length;
      const divided = {
        values: [...u.values, u.values[row]],
        weights: [...u.weights.with(row, u.weights[row] * part), u.weights[row] * (1 - part)],
      };
      expect(distance(divided, v)).toBeCloseTo(distance(u, v), 9);
    },
  );
  fc.assert(property);
});

test('the samples handed in are left as they are', () => {
  const [u, v, weights] = [Float64Array.of(3, 1), [2, 0], Float64Array.of(1, 2)];
  wasserstein1(u, v, { v: weights });
  expect([[...u], v, [...weights]]).toEqual([
    [3, 1],
    [2, 0],
    [1, 2],
  ]);
});

test('the short ways for sorted samples find the same', () => {
  const property = fc.property(values, values, (u, v) => {
    const sorted = [u, v].map((list) => Float64Array.from(list).sort());
    const expected = wasserstein1(u, v);
    expect(sortedWasserstein1(sorted[0], sorted[1])).toBe(expected);
    const ends = Float64Array.from(u, (_, i) => (i + 1) / u.length);
    expect(sampleWasserstein1({ values: sorted[0], ends }, { values: sorted[1] })).toBeCloseTo(
      expected,
      9,
    );
  });
  fc.assert(property);
});

test('samples sort as by comparison, also where f32 cannot tell the values apart', () => {
  const close = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 0, max: 40 }).map((i) => 1e9 + i / 16),
    fc.integer({ min: -9, max: 9 }).map((i) => i * 1e-60),
  );
  const sorter = new SampleSorter(200);
  const property = fc.property(fc.array(close, { minLength: 1, maxLength: 200 }), (list) => {
    const expected = [...list].sort((a, b) => a - b);
    const { values: sorted, ends } = sorter.sort(
      Float64Array.from(list),
      list.map(() => 2),
    );
    expect([...sorted].map((x) => x + 0)).toEqual(expected.map((x) => x + 0));
    expect(ends?.at(-1)).toBe(1);
  });
  fc.assert(property, { numRuns: 300 });
});

test('weights stay with their values', () => {
  const { values: sorted, ends } = new SampleSorter(3).sort(Float64Array.of(3, -1, 2), [4, 1, 3]);
  expect([[...sorted], [...ends!]]).toEqual([
    [-1, 2, 3],
    [0.125, 0.5, 1],
  ]);
});

test.each([
  [() => wasserstein1([], [1]), 'u has 0 values, expected at least 1'],
  [() => wasserstein1([1], [2, Number.NaN]), 'value 1 of v is NaN, expected a finite number'],
  [() => wasserstein1([1], [2], { u: [1, 1] }), 'u has 2 weights, expected 1'],
  [() => wasserstein1([1, 2], [2], { u: [2, -1] }), 'weight 1 of u is -1, expected 0 or more'],
  [() => wasserstein1([1], [2], { v: [Number.NaN] }), 'weight 0 of v is NaN, expected 0 or more'],
  [
    () => wasserstein1([1], [2], { v: [0] }),
    'sum of weights of v is 0, expected a positive finite number',
  ],
  [
    () => wasserstein1([1, 2], [2], { u: [1e308, 1e308] }),
    'sum of weights of u is Infinity, expected a positive finite number',
  ],
  [
    () => wasserstein1([-1.7e308], [1.7e308]),
    'distance is Infinity, expected values closer to each other',
  ],
])('a refusal says what is wrong, case %#', (run, message) => {
  expect(run).toThrow(new RangeError(message));
});
