import { expect, test } from 'vitest';
import { markov1 } from '../../src/models/markov-1.ts';
import { learn, queryAfter, retrieved, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

const table = tableOf('abcd');

test('scores by how often an item came right after the last click', () => {
  const model = learn(markov1, sessionsOf('ab', 'ab', 'ac', 'bca'), table);
  expect(scored(model, queryAfter(table, 'ca'), table)).toEqual({ a: 0, b: 2, c: 1, d: 0 });
  expect(retrieved(model, queryAfter(table, 'ca'), { table })).toEqual([
    ['b', 2],
    ['c', 1],
  ]);
});

test('with a window it counts later clicks too, each step by half', () => {
  const model = learn(markov1, sessionsOf('abcd'), table, { window: 3, decay: 0.5 });
  expect(scored(model, queryAfter(table, 'a'), table)).toEqual({ a: 0, b: 1, c: 0.5, d: 0.25 });
});

test('a repeated click is a successor like any other', () => {
  const model = learn(markov1, sessionsOf('aab'), table);
  expect(scored(model, queryAfter(table, 'a'), table)).toEqual({ a: 1, b: 1, c: 0, d: 0 });
});

test('keeps the most frequent successors, equal ones by id', () => {
  const model = learn(markov1, sessionsOf('ad', 'ac', 'ab', 'ab'), table, { keep: 2 });
  expect(retrieved(model, queryAfter(table, 'a'), { table })).toEqual([
    ['b', 2],
    ['c', 1],
  ]);
});

test('similar is the cosine of being clicked within three clicks, whatever the order', () => {
  const model = learn(markov1, sessionsOf('ab', 'ba', 'xaxxxxb'), tableOf('ab'));
  // a and b: twice together, each clicked three times; in the third session they are five clicks apart.
  const [[id, score]] = retrieved(model, queryAfter(tableOf('ab'), 'a', { purpose: 'similar' }), {
    table: tableOf('ab'),
  });
  expect(id).toBe('b');
  expect(score).toBeCloseTo(2 / 3, 6);
});

test('explains an item by the click that it followed, and no other', () => {
  const model = learn(markov1, sessionsOf('ab', 'bc'), table);
  const nodes = (ids: string) => [...ids].map((id) => ({ type: 'item', id }));
  const [a, b, c] = [0, 1, 2];
  expect(model.explain?.(queryAfter(table, 'a'), b, 5)).toEqual([{ nodes: nodes('ab'), share: 1 }]);
  expect(model.explain?.(queryAfter(table, 'a'), c, 5)).toEqual([]);
  expect(model.explain?.(queryAfter(table, ''), a, 5)).toEqual([]);
});
