import { expect, test } from 'vitest';
import { CodeGroups } from '../../../src/signals/gathering/code-groups.ts';

test('the first codes get a group each and keep it', () => {
  const groups = new CodeGroups(2);
  expect([7, 9, 7, 9].map((code) => groups.of(code))).toEqual([1, 2, 1, 2]);
  expect(groups.codes).toEqual([0, 7, 9]);
});

test('codes beyond the bound share group 0 with code 0, for good', () => {
  const groups = new CodeGroups(2);
  expect([0, 7, 9, 11, 65_535, 11].map((code) => groups.of(code))).toEqual([0, 1, 2, 0, 0, 0]);
  expect(groups.codes).toEqual([0, 7, 9]);
});
