import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRowFinder, selectRows, topRows } from '../../src/math/top-rows.ts';

/** The slow clear twin: a full sort. */
function sorted(scores: readonly number[], limit: number): number[] {
  const rows = scores.map((_, row) => row);
  return rows.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, limit);
}

test.each([true, false])(
  'the best rows are found as a full sort would find them, SIMD: %s',
  (simd) => {
    const { top, select } = createRowFinder({ simd });
    const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(score, { maxLength: 300 }),
        fc.integer({ min: 0, max: 310 }),
        (list, limit) => {
          const scores = Float32Array.from(list);
          const rows = new Int32Array(list.length);
          const expected = sorted([...scores], limit);
          const written = top(scores, list.length, limit, rows);
          expect([...rows.subarray(0, written)]).toEqual(expected);
          const chosen = select(scores, list.length, limit, rows);
          expect([...rows.subarray(0, chosen)]).toEqual(expected.sort((a, b) => a - b));
        },
      ),
    );
  },
);

test('a list longer than the kernels take is searched all the same', () => {
  const scores = Float32Array.from({ length: 5000 }, (_, row) => row % 100);
  const rows = new Int32Array(5000);
  expect(topRows(scores, 5000, 2, rows)).toBe(2);
  expect([...rows.subarray(0, 2)]).toEqual([99, 199]);
});

test('nothing is written for no rows or no wish', () => {
  expect(topRows(Float32Array.of(1), 1, 0, new Int32Array(1))).toBe(0);
  expect(selectRows(Float32Array.of(1), 1, 0, new Int32Array(1))).toBe(0);
  expect(topRows(new Float32Array(0), 0, 5, new Int32Array(0))).toBe(0);
});
