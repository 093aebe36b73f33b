import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attribute } from '../../../src/anomaly/attribution/attribute.ts';
import type { LeafTable } from '../../../src/anomaly/attribution/leaf-table.ts';
import { createRng } from '../../../src/math/rng.ts';
import { grid } from '../../bench/attribution/grid.ts';
import { combinationText } from '../../bench/attribution/labelled-case.ts';
import { normal } from '../../bench/attribution/normal.ts';
import { readPackedCases } from '../../bench/attribution/packed-cases.ts';

const packed = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/squeeze-b0`;
if (!existsSync(packed)) process.stderr.write(`skipped: ${packed} is absent\n`);

/** Amounts of 100 with 2 % noise, times the ratio that `moved` gives a leaf by its values. */
function amounts(table: LeafTable, moved: (...values: string[]) => number, seed = 1) {
  const rng = createRng(seed);
  const expected = new Float64Array(table.count).fill(100);
  const actual = expected.map((amount, leaf) => {
    const values = table.codes.map((column, label) => table.values[label][column[leaf]]);
    return amount * moved(...values) * (1 + 0.02 * normal(rng));
  });
  return { kind: 'amount', actual, expected } as const;
}

const table = grid([5, 4, 3]);
const wide = grid([5, 4, 300]);
const textsOf = (...args: Parameters<typeof attribute>) =>
  attribute(...args)
    .causes.map(({ labels }) => combinationText(labels))
    .sort();

describe('the cause', () => {
  test('of one value that halves is that value, with its ratio and share', () => {
    const found = attribute(
      table,
      amounts(table, (a) => (a === 'a2' ? 0.5 : 1)),
    );
    expect(found.causes.map(({ labels }) => labels)).toEqual([{ a: 'a2' }]);
    const [cause] = found.causes;
    expect(cause.ratio).toBeCloseTo(0.5, 1);
    expect(cause.share).toBeGreaterThan(0.9);
    expect(cause.leaves).toBe(12);
    expect(cause.expected).toBe(1200);
    expect(cause.pValue).toBeLessThan(1e-6);
    expect(found.isUnexplained).toBe(false);
  });

  test('of a combination is that combination, and its lattice leads there', () => {
    const { causes } = attribute(
      table,
      amounts(table, (a, b) => (a === 'a2' && b === 'b3' ? 3 : 1)),
    );
    expect(causes.map(({ labels }) => labels)).toEqual([{ a: 'a2', b: 'b3' }]);
    expect(causes[0].lattice).toMatch(
      /^everything \(100 %\) > (a=a2|b=b3) \(\d+ %\) > a=a2, b=b3 \(\d+ %\)$/,
    );
  });

  test('is named for each of two, one up and one down', () => {
    const measurement = amounts(table, (a, b) => (a === 'a1' ? 0.4 : b === 'b2' ? 2 : 1));
    expect(textsOf(table, measurement)).toEqual(['a=a1', 'b=b2']);
  });

  test('is two combinations and not their parent where they part its leaves', () => {
    const measurement = amounts(table, (a, b) =>
      a !== 'a1' ? 1 : b === 'b1' ? 0.2 : b === 'b2' ? 2 : 1,
    );
    expect(textsOf(table, measurement)).toEqual(['a=a1&b=b1', 'a=a1&b=b2']);
  });

  test('is everything where all fell alike', () => {
    const { causes } = attribute(
      table,
      amounts(table, () => 0.7),
    );
    expect(causes).toHaveLength(1);
    expect(causes[0].labels).toEqual({});
    expect(causes[0].lattice).toBe('everything (100 %)');
    expect(causes[0].share).toBe(1);
  });

  test('is each of the values that fell, not everything, though they are most of it', () => {
    const measurement = amounts(wide, (a) => ({ a1: 0.02, a2: 0.1, a3: 0.15 })[a] ?? 1);
    expect(textsOf(wide, measurement)).toEqual(['a=a1', 'a=a2', 'a=a3']);
  });

  test('of thousands of leaves is found though it is small for each', () => {
    const { causes } = attribute(
      wide,
      amounts(wide, (_, b) => (b === 'b2' ? 0.93 : 1)),
    );
    expect(causes.map(({ labels }) => labels)).toEqual([{ b: 'b2' }]);
    expect(causes[0].leaves).toBe(1500);
  });

  test('is none where nothing happened', () => {
    for (let seed = 0; seed < 20; seed++)
      expect(
        attribute(
          table,
          amounts(table, () => 1, seed),
        ).causes,
      ).toEqual([]);
  });

  test('is a count that went missing or a rate that doubled', () => {
    const rng = createRng(3);
    const expected = new Float64Array(table.count).fill(200);
    const baseline = expected.map((count) => 10 * count);
    const actual = expected.map((count, leaf) =>
      Math.round((table.codes[0][leaf] === 1 ? 0.5 : 1) * count + Math.sqrt(count) * normal(rng)),
    );
    expect(textsOf(table, { kind: 'count', actual, expected, baseline })).toEqual(['a=a2']);
    const trials = new Float64Array(table.count).fill(2000);
    const hits = trials.map((count, leaf) =>
      Math.round((table.codes[1][leaf] === 2 ? 0.1 : 0.05) * count + 10 * normal(rng)),
    );
    const pastTrials = trials.map((count) => 5 * count);
    const pastHits = pastTrials.map((count) => 0.05 * count);
    expect(textsOf(table, { kind: 'ratio', hits, trials, pastHits, pastTrials })).toEqual(['b=b3']);
  });
});

test('at most as many causes are answered as asked for, the most surprising first', () => {
  const measurement = amounts(table, (a) => (a === 'a1' ? 0.2 : a === 'a2' ? 0.5 : 1));
  expect(textsOf(table, measurement)).toHaveLength(2);
  const { causes } = attribute(table, measurement, { maxCauses: 1 });
  expect(causes.map(({ labels }) => labels)).toEqual([{ a: 'a1' }]);
  const surprises = attribute(table, measurement).causes.map(({ surprise }) => surprise);
  expect(surprises).toEqual(surprises.toSorted((a, b) => b - a));
});

test('a change that no combination explains is unexplained', () => {
  const found = attribute(
    table,
    amounts(table, () => 1),
  );
  expect(found).toEqual({ causes: [], explainedShare: 0, isUnexplained: true });
});

test('the order of the leaves and the names of the values do not matter', () => {
  const measurement = amounts(table, (a, b) => (a === 'a4' && b === 'b1' ? 0.3 : 1));
  const [cause] = attribute(table, measurement).causes;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const order = Uint32Array.from({ length: table.count }, (_, leaf) => leaf);
      createRng(seed).shuffle(order);
      const permuted = {
        ...table,
        values: table.values.map((names) => names.map((name) => `x${name}`)),
        codes: table.codes.map((column) => column.map((_, leaf) => column[order[leaf]])),
      };
      const found = attribute(permuted, {
        kind: 'amount',
        actual: measurement.actual.map((_, leaf) => measurement.actual[order[leaf]]),
        expected: measurement.expected,
      });
      expect(found.causes.map(({ labels }) => labels)).toEqual([{ a: 'xa4', b: 'xb1' }]);
      expect(found.causes[0].share).toBeCloseTo(cause.share, 9);
      expect(found.causes[0].pValue).toBeCloseTo(cause.pValue, 9);
    }),
    { numRuns: 20 },
  );
});

test('the same input gives the same answer', () => {
  const measurement = amounts(table, (a, _, c) => (a === 'a3' || c === 'c1' ? 0.5 : 1));
  expect(attribute(table, measurement)).toEqual(attribute(table, measurement));
});

test('when time is over the answer is what was found until then', () => {
  let nowMs = 0;
  const found = attribute(
    table,
    amounts(table, (a) => (a === 'a2' ? 0.5 : 1)),
    { timeLimitMs: 10, monotonic: () => (nowMs += 100) },
  );
  expect(found.causes).toEqual([]);
});

test('a cause among twelve labels is named before the time is over', () => {
  const rng = createRng(4);
  const labels = Array.from({ length: 12 }, (_, label) => `label${label}`);
  const values = labels.map((_, label) => Array.from({ length: 2 + label }, (__, v) => `v${v}`));
  const count = 3000;
  const codes = values.map(({ length }) => new Uint32Array(count).map(() => rng.below(length)));
  const expected = new Float64Array(count).fill(100);
  const actual = expected.map((amount, leaf) => {
    const ratio = codes[3][leaf] === 1 && codes[7][leaf] === 5 ? 0.5 : 1;
    return ratio * amount * (1 + 0.02 * normal(rng));
  });
  let nowMs = 0;
  const found = attribute(
    { labels, values, count, codes },
    { kind: 'amount', actual, expected },
    // A millisecond for each question whether it is late: a cuboid of so many leaves takes no more.
    { timeLimitMs: 500, monotonic: () => nowMs++ },
  );
  expect(found.causes.map((cause) => cause.labels)).toEqual([{ label3: 'v1', label7: 'v5' }]);
});

describe('bad input', () => {
  const good = amounts(table, () => 1);
  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('%s is refused with its leaf', (value) => {
    const actual = good.actual.slice();
    actual[7] = value;
    expect(() => attribute(table, { ...good, actual })).toThrow(
      expect.objectContaining({
        code: 'SL_DATA_INVALID',
        message: `actual of leaf 7 is ${value}, expected a number from 0`,
      }),
    );
  });

  test('columns of another length, no leaves, 13 labels, unknown codes and too many hits are refused', () => {
    const few = new Float64Array(3);
    const refused = expect.objectContaining({ code: 'SL_DATA_INVALID' });
    expect(() => attribute(table, { ...good, actual: few })).toThrow(refused);
    expect(() =>
      attribute(grid([0]), { ...good, actual: few.slice(3), expected: few.slice(3) }),
    ).toThrow(refused);
    expect(() => attribute(grid(new Array(13).fill(1)), good)).toThrow(refused);
    const codes = table.codes.map((column) => column.map(() => 9));
    expect(() => attribute({ ...table, codes }, good)).toThrow(refused);
    const one = new Float64Array(table.count).fill(1);
    const ratio = { kind: 'ratio', hits: one.map(() => 2), trials: one } as const;
    expect(() => attribute(table, { ...ratio, pastHits: one, pastTrials: one })).toThrow(refused);
  });

  test('a label with a value of its own for each leaf does not hide the cause', () => {
    const exploded: LeafTable = {
      labels: [...table.labels, 'request'],
      values: [...table.values, Array.from({ length: table.count }, (_, leaf) => `r${leaf}`)],
      count: table.count,
      codes: [...table.codes, Uint32Array.from({ length: table.count }, (_, leaf) => leaf)],
    };
    expect(
      textsOf(
        exploded,
        amounts(table, (a) => (a === 'a2' ? 0.5 : 1)),
      ),
    ).toEqual(['a=a2']);
  });

  test('amounts of nothing at all have no cause', () => {
    const nothing = new Float64Array(table.count);
    const found = attribute(table, { kind: 'amount', actual: nothing, expected: nothing });
    expect(found.causes).toEqual([]);
  });
});

test.skipIf(!existsSync(packed))('the first causes of public data are named exactly', () => {
  const cases = readPackedCases(packed).take(6);
  for (const { name, table, measurement, labels } of cases)
    expect([name, ...textsOf(table, measurement)]).toEqual([name, ...labels.toSorted()]);
});
