import { expect, test } from 'vitest';
import { identifier } from '../../src/http/identifier.ts';
import { instant } from '../../src/http/instant.ts';

const mistakeOf = (text: unknown) => identifier.safeParse(text).error?.issues[0].message;

test('ids may be anything that can be read and addressed', () => {
  for (const id of ['A1', '0', 'a/b?c#d%', '商品', 'é', '👟', 'x'.repeat(512), '__proto__']) {
    expect(mistakeOf(id)).toBeUndefined();
  }
});

test('the length of an id is counted in bytes', () => {
  expect(mistakeOf('é'.repeat(256))).toBeUndefined();
  expect(mistakeOf('é'.repeat(257))).toMatch(/too long, expected at most 512 bytes/);
  expect(mistakeOf('x'.repeat(4096))).toMatch(/too long/);
});

test('control characters, halves of surrogate pairs, dot segments and empty ids are refused', () => {
  for (const id of ['a\u0000', '\n', 'a\u001b[31m', '\u007f', 'a\u0085b'])
    expect(mistakeOf(id)).toMatch(/control characters/);
  for (const id of ['\ud800', 'a\udc00']) expect(mistakeOf(id)).toMatch(/surrogate/);
  for (const id of ['.', '..']) expect(mistakeOf(id)).toMatch(/dot segment/);
  expect(mistakeOf('')).toMatch(/empty/);
});

test('times are epoch milliseconds or ISO 8601 with an offset', () => {
  expect(instant.parse(0)).toBe(0);
  expect(instant.parse('1970-01-01T00:00:01Z')).toBe(1000);
  expect(instant.parse('1970-01-01T01:00:01.5+01:00')).toBe(1500);
});

test('other forms of time are refused', () => {
  for (const time of [
    -1,
    1.5,
    8.65e15,
    '2024-02-30T00:00:00Z',
    '2024-01-01',
    '2024-01-01T00:00:00',
    'now',
    null,
    true,
    '1700000000000',
  ])
    expect(instant.safeParse(time).success).toBe(false);
});
