import { expect, test } from 'vitest';
import type { Hits, ModelQuery } from '../../../src/models/model.ts';
import { evaluatePrefixes } from '../../../src/training/evaluation/prefix-targets.ts';
import { tableOf } from '../../models/tiny-sessions.ts';

const table = tableOf('abc');
/** Retrieves the items in order of id, those of the session too. */
const alphabet = {
  retrieve(_: ModelQuery, limit: number, hits: Hits) {
    hits.count = Math.min(limit, table.size);
    for (let i = 0; i < hits.count; i++) hits.items[i] = i;
  },
};

test('ranks of targets, hit rate and mean reciprocal rank, worked out by hand', () => {
  const targets = ['a', 'c', 'b', 'unknown'].map((target) => ({ prefix: ['b', 'zz'], target }));
  const { p20, mrr20, ranks } = evaluatePrefixes(alphabet, targets, table);
  expect([...ranks]).toEqual([1, 3, 2, Number.POSITIVE_INFINITY]);
  expect(p20).toBe(0.75);
  expect(mrr20).toBeCloseTo((1 + 1 / 3 + 1 / 2) / 4, 12);
});

test('a model is asked with the last click as anchor and the prefix as session', () => {
  const queries: ModelQuery[] = [];
  const model = {
    retrieve(query: ModelQuery, _: number, hits: Hits) {
      queries.push(query);
      hits.count = 0;
    },
  };
  evaluatePrefixes(model, [{ prefix: ['a', 'zz', 'c'], target: 'b' }], table);
  expect(queries).toMatchObject([{ anchor: 2, recent: Int32Array.of(0, -1, 2), purpose: 'next' }]);
});

test('no targets are no quality', () => {
  expect(evaluatePrefixes(alphabet, [], table)).toMatchObject({ targets: 0, p20: 0, mrr20: 0 });
});
