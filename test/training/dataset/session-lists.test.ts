import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  interactionsOfSessions,
  prefixTargetsOf,
  readPrefixTargets,
  readSessionLists,
} from '../../../src/training/dataset/session-lists.ts';
import { folderOf } from './folder-of.ts';

test('a line is a session, and a line with a tab is a prefix with its target', async () => {
  const folder = folderOf({ 'train.txt.gz': '1 2\n\n3  4 3 \r\n', 'test.txt': '1 2\t3\nü\tx/y\n' });
  expect((await readSessionLists(join(folder, 'train.txt.gz'))).rows).toEqual([
    ['1', '2'],
    ['3', '4', '3'],
  ]);
  expect((await readPrefixTargets(join(folder, 'test.txt'))).rows).toEqual([
    { prefix: ['1', '2'], target: '3' },
    { prefix: ['ü'], target: 'x/y' },
  ]);
});

test('lines of another form are passed over and told', async () => {
  const folder = folderOf({ 'test.txt': '1 2\n1\t2\n\t3\n1\t\n1\t2\t3\n1\t2 3\n\n' });
  const { rows, skipped, reasons, examples } = await readPrefixTargets(join(folder, 'test.txt'));
  expect(rows).toEqual([{ prefix: ['1'], target: '2' }]);
  expect(skipped).toBe(5);
  expect(reasons).toEqual({ form: 5 });
  expect(examples.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6]);
});

test('a line of more clicks than a session has is passed over', async () => {
  const folder = folderOf({ 'train.txt': `${'1 '.repeat(10_001)}\n1 2\n` });
  const { rows, reasons } = await readSessionLists(join(folder, 'train.txt'));
  expect(rows).toEqual([['1', '2']]);
  expect(reasons).toEqual({ length: 1 });
});

test('a file that is not there is named', async () => {
  await expect(readSessionLists('/nowhere/train.txt')).rejects.toThrow('/nowhere/train.txt');
});

test('sessions become interactions in their order', () => {
  const { items, offsets, codes } = interactionsOfSessions([['b', 'a', 'b'], [], ['c']]);
  expect(items).toEqual(['a', 'b', 'c']);
  expect([...offsets]).toEqual([0, 3, 4]);
  expect([...codes]).toEqual([1, 0, 1, 2]);
});

test('every click after the first is a target; items that are not known are taken out first', () => {
  expect(
    prefixTargetsOf(
      [
        ['a', 'x', 'b', 'a'],
        ['x', 'a'],
      ],
      new Set(['a', 'b']),
    ),
  ).toEqual([
    { prefix: ['a'], target: 'b' },
    { prefix: ['a', 'b'], target: 'a' },
  ]);
});
