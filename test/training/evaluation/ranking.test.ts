import { expect, test } from 'vitest';
import { sparseOf } from '../../../src/math/sparse.ts';
import type { Hits, ModelQuery } from '../../../src/models/model.ts';
import { evaluateRanking } from '../../../src/training/evaluation/ranking.ts';
import { tableOf } from '../../models/tiny-sessions.ts';

const table = tableOf('abcdef');
const items = [...'abcdef'];
const asked: ModelQuery[] = [];

/** Recommends the alphabet to everybody. */
const alphabet = {
  retrieve(query: ModelQuery, limit: number, hits: Hits) {
    asked.push(query);
    hits.count = Math.min(limit, table.size, hits.items.length);
    for (let i = 0; i < hits.count; i++) hits.items[i] = i;
  },
};

const task = {
  users: ['u', 'v', undefined],
  items,
  known: sparseOf(3, 6, [
    [0, 0, 1],
    [1, 1, 1],
    [1, 2, 1],
  ]),
  wanted: sparseOf(3, 6, [
    [0, 1, 1],
    [0, 5, 1],
    [2, 3, 1],
  ]),
};

test('what is known is not ranked, and users who wanted nothing are not judged', () => {
  const quality = evaluateRanking(alphabet, task, table, { cutoff: 2 });
  // User 0 sees b c and wanted b f; row 2 sees a b and wanted d.
  expect([...quality.recalls]).toEqual([0.5, 0]);
  expect(quality).toMatchObject({ users: 2, recall: 0.25, mrr: 0.5, hitRate: 0.5 });
});

test('a model is asked with what the user had and who it is', () => {
  asked.length = 0;
  evaluateRanking(alphabet, task, table);
  expect(asked.map(({ user, recent }) => [user, ...recent])).toEqual([['u', 0], [undefined]]);
});

test('items that the table does not hold are missed', () => {
  const { recall } = evaluateRanking(alphabet, { ...task, items: [...'abcxyz'] }, table);
  expect(recall).toBe(0.25);
});

test('every second user is a quick look', () => {
  expect(evaluateRanking(alphabet, task, table, { every: 2 }).users).toBe(1);
});
