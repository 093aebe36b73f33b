import { expect, test } from 'vitest';
import { PairGroups } from '../../../src/signals/gathering/pair-groups.ts';

test('the first pairs have a group each, and all others share one', () => {
  const groups = new PairGroups(2);
  const found = [
    [7, 8],
    [8, 7],
    [9, 9],
    [7, 8],
    [0, 0],
    [0, 8],
  ].map(([first, second]) => groups.of(first, second));
  expect(found).toEqual([1, 2, 0, 1, 0, 0]);
  expect(groups.pairs).toEqual([
    [0, 0],
    [7, 8],
    [8, 7],
  ]);
  expect(groups.span).toBe(3);
});

test('a label that shares its code with the others is a pair of its own beside a known one', () => {
  const groups = new PairGroups(2);
  expect([groups.of(0, 65_535), groups.of(65_535, 0), groups.of(0, 65_535)]).toEqual([1, 2, 1]);
});
