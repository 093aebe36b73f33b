import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectRows, topRows } from '../../src/math/top-rows.ts';

/** The slow clear twin: a full sort. */
function sorted(scores: readonly number[], limit: number): number[] {
  const rows = scores.map((_, row) => row);
  return rows.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, limit);
}

test('the best rows are found, equal scores in row order, as a full sort would find them', () => {
  const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(score, { maxLength: 200 }),
      fc.integer({ min: 0, max: 210 }),
      (list, limit) => {
        const scores = Float32Array.from(list);
        const rows = new Int32Array(list.length);
        const written = topRows(scores, list.length, limit, rows);
        expect([...rows.subarray(0, written)]).toEqual(sorted([...scores], limit));
        const chosen = selectRows(scores, list.length, limit, rows);
        expect([...rows.subarray(0, chosen)]).toEqual(
          sorted([...scores], limit).sort((a, b) => a - b),
        );
      },
    ),
  );
});

test('nothing is written for no rows or no wish', () => {
  expect(topRows(Float32Array.of(1), 1, 0, new Int32Array(1))).toBe(0);
  expect(topRows(new Float32Array(0), 0, 5, new Int32Array(0))).toBe(0);
});
