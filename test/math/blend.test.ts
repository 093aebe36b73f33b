import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blend } from '../../src/math/blend.ts';

function blended(columns: readonly (readonly number[])[], weights: readonly number[]) {
  const count = columns[0]?.length ?? 0;
  const parts = columns.map((column) => Float32Array.from(column));
  const totals = new Float32Array(count).fill(Number.NaN);
  const refused = blend({ count, weights: Float32Array.from(weights), columns: parts, totals });
  return { totals: [...totals], parts: parts.map((part) => [...part]), refused };
}

const score = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
const table = fc
  .tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, scorers]) =>
    fc.record({
      columns: fc.array(fc.array(score, { minLength: rows, maxLength: rows }), {
        minLength: scorers,
        maxLength: scorers,
      }),
      weights: fc.array(fc.double({ min: 0, max: 2, noNaN: true }), {
        minLength: scorers,
        maxLength: scorers,
      }),
    }),
  );

test('two candidates with a quarter and three quarters of the word', () => {
  const { totals } = blended([[1, 3]], [1]);
  // ln(1 + 0.25 * 2 / 0.1) and ln(1 + 0.75 * 2 / 0.1)
  expect(totals[0]).toBeCloseTo(Math.log(6), 5);
  expect(totals[1]).toBeCloseTo(Math.log(16), 5);
});

test('equals the formula, and the total is the sum of the parts', () => {
  const property = fc.property(table, ({ columns, weights }) => {
    const { totals, parts, refused } = blended(columns, weights);
    expect(refused).toBe(0);
    for (const [s, column] of columns.entries()) {
      const sum = column.reduce((a, b) => a + Math.fround(b), 0);
      for (const [row, value] of column.entries()) {
        const share = sum > 0 ? Math.fround(value) / sum : 0;
        const exact = weights[s] * Math.log1p((share * column.length) / 0.1);
        expect(Math.abs(parts[s][row] - exact)).toBeLessThan(2e-5);
      }
    }
    for (const [row, total] of totals.entries())
      expect(total).toBeCloseTo(
        parts.reduce((sum, part) => sum + part[row], 0),
        4,
      );
  });
  fc.assert(property, { numRuns: 60 });
});

test("a scorer's scale decides nothing", () => {
  const property = fc.property(
    table,
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    (given, by) => {
      const scaled = given.columns.map((column) => column.map((value) => value * by));
      const one = blended(given.columns, given.weights).totals;
      const other = blended(scaled, given.weights).totals;
      for (const [row, total] of one.entries()) expect(other[row]).toBeCloseTo(total, 3);
    },
  );
  fc.assert(property, { numRuns: 40 });
});

test('a greater score is never worth less, and no opinion is worth nothing', () => {
  const property = fc.property(table, ({ columns }) => {
    const { totals } = blended([columns[0]], [1]);
    const order = columns[0].map((_, row) => row).sort((a, b) => columns[0][a] - columns[0][b]);
    for (let i = 1; i < order.length; i++)
      expect(totals[order[i]]).toBeGreaterThanOrEqual(totals[order[i - 1]]);
    for (const [row, value] of columns[0].entries()) if (value === 0) expect(totals[row]).toBe(0);
  });
  fc.assert(property, { numRuns: 40 });
});

test('a score that is negative or no number is no opinion, and is counted', () => {
  const { totals, parts, refused } = blended(
    [
      [1, Number.NaN, Number.POSITIVE_INFINITY, -1, 1],
      [0, 1, 0, 0, Number.NEGATIVE_INFINITY],
    ],
    [1, 1],
  );
  expect(refused).toBe(4);
  expect(parts[0].slice(1, 4)).toEqual([0, 0, 0]);
  expect(totals.every(Number.isFinite)).toBe(true);
  expect(totals[0]).toBe(totals[4]);
});

test('scorers without an opinion, without weight, or without candidates add nothing', () => {
  expect(blended([[0, 0]], [1]).totals).toEqual([0, 0]);
  expect(blended([[1, 2]], [0]).totals).toEqual([0, 0]);
  expect(blended([], []).totals).toEqual([]);
  expect(blended([[]], [1]).totals).toEqual([]);
});

test('rows behind the count stay as they are', () => {
  const column = Float32Array.of(1, 1, 5);
  const totals = Float32Array.of(0, 0, 9);
  blend({ count: 2, weights: Float32Array.of(1), columns: [column], totals });
  expect([column[2], totals[2]]).toEqual([5, 9]);
});
