import { expect, test } from 'vitest';
import { nearest } from '../../src/cli/nearest.ts';

const commands = ['serve', 'check', 'train', 'replay', 'generate', 'help'];

test.each([
  ['serv', 'serve'],
  ['trian', 'train'],
  ['Relpay', 'replay'],
  ['generat', 'generate'],
  ['chekc', 'check'],
])('%s is near %s', (word, expected) => {
  expect(nearest(word, commands)).toBe(expected);
});

test.each(['', 'x', 'database', 'x'.repeat(10_000)])('nothing is near %.20s', (word) => {
  expect(nearest(word, commands)).toBeUndefined();
});
