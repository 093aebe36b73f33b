import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareKeys } from '../../../src/stores/key-order.ts';
import { attachTable } from '../../../src/stores/tables/attach-table.ts';
import { buildTextTable } from '../../../src/stores/tables/build-text-table.ts';
import { buildU64Map } from '../../../src/stores/tables/build-u64-map.ts';
import type { GlobalTable, TableKind } from '../../../src/stores/tables/global-table.ts';
import { SortedTable } from '../../../src/stores/tables/sorted-table.ts';
import { TextKey } from '../../../src/stores/tables/text-key.ts';
import { globalTableContract } from '../../contracts/global-table.ts';

const limits = { maxKeys: 100_000, maxBytes: 1 << 24 };

function build(kind: TableKind, lines: readonly string[]) {
  const text = { file: 'test', bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
  const memory =
    kind === 'u64-u32' ? buildU64Map(text, limits) : buildTextTable(kind, text, limits);
  return attachTable({ kind, memory });
}

const pairs = (entries: readonly (readonly [string, unknown])[]) =>
  entries.map(([key, value]) => `${key}\t${value}`);

const sortedOf = (entries: readonly (readonly [string, string])[]) => {
  const table = build('sorted', pairs(entries));
  expect(table).toBeInstanceOf(SortedTable);
  return table as SortedTable;
};

/** Text in one line without tab; short, so that equal keys and common prefixes happen. */
const text = (minLength: number) =>
  fc
    .string({ unit: 'binary', minLength, maxLength: 4 })
    .map((one) => one.replaceAll(/[\t\r\n\ufeff]/g, 'x'));
const key = fc.oneof(text(1), fc.constantFrom('a', 'ab', 'b', '0', '00', '\uff21', '\u{1f45f}'));
const strangeText = [
  '\ud800',
  'x\udc00',
  'k'.repeat(4097),
  '界'.repeat(1366),
  2 ** 53,
  0.5,
  Number.NaN,
];

globalTableContract<true>('of keys', {
  build: (entries) =>
    build(
      'set',
      entries.map(([one]) => one),
    ) as GlobalTable<true>,
  key,
  value: fc.constant(true as const),
  strange: strangeText,
});

globalTableContract<string>('of text by text', {
  build: (entries) => build('sorted', pairs(entries)) as SortedTable,
  key,
  value: text(0),
  strange: strangeText,
});

const edges = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];

globalTableContract<number>('of numbers by numbers', {
  build: (entries) => build('u64-u32', pairs(entries)) as GlobalTable<number>,
  key: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(...edges)).map(String),
  value: fc.oneof(fc.constantFrom(0, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  strange: [
    '',
    '00',
    '+0',
    ' 0',
    '0 ',
    '0x0',
    '1e1',
    '-0',
    '18446744073709551616',
    '0'.repeat(21),
    'a',
  ]
    .map((one): string | number | bigint => one)
    .concat([2 ** 53, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, -1n, 2n ** 64n, 2n ** 70n]),
});

test('a batch of 64-bit keys gives the values of all of them, zero and the largest included', () => {
  const table = build('u64-u32', pairs(edges.map((one, i) => [String(one), 2 ** 32 - 1 - i])));
  const numbers = new Uint32Array(edges.length);
  const found = new Uint8Array(edges.length);
  expect(table.mget(BigUint64Array.from(edges), numbers, found)).toBe(edges.length);
  expect([...numbers]).toEqual(edges.map((_, i) => 2 ** 32 - 1 - i));
});

test('keys that all hash to one slot are told apart', () => {
  // The two halves are mixed so that these meet.
  const factor = 0x9e3779b1n;
  const keys = Array.from({ length: 3000 }, (_, i) => {
    const high = BigInt(i + 1);
    return (high << 32n) | ((high * factor) & 0xffff_ffffn);
  });
  const held = keys.filter((_, i) => i % 2 === 0);
  const table = build('u64-u32', pairs(held.map((one, i) => [String(one), i])));
  const found = new Uint8Array(keys.length);
  expect(table.mget(BigUint64Array.from(keys), new Uint32Array(keys.length), found)).toBe(1500);
  expect(keys.filter((_, i) => found[i] === 1)).toEqual(held);
});

test('a text whose hash meets that of a key is not found', () => {
  const [one, other] = ['k36395', 'k100056'].map((text) => {
    const taken = new TextKey();
    expect(taken.take(text)).toBe(true);
    return { text, high: taken.high, slot: taken.low & 3 };
  });
  expect([other.high, other.slot]).toEqual([one.high, one.slot]);
  const table = build('set', [one.text]);
  expect([table.has(one.text), table.has(other.text)]).toEqual([true, false]);
  const both = sortedOf([
    [one.text, '1'],
    [other.text, '2'],
  ]);
  expect([both.get(one.text), both.get(other.text)]).toEqual(['1', '2']);
});

test('a table as full as its slots allow finds every key and misses every other', () => {
  const keys = Array.from({ length: 1 << 12 }, (_, i) => String(i * 7919));
  for (const kind of ['u64-u32', 'sorted'] as const) {
    const table = build(kind, pairs(keys.map((one, i) => [one, i])));
    const numbers = new Uint32Array(keys.length);
    const found = new Uint8Array(keys.length);
    expect(table.mget(keys, numbers, found)).toBe(keys.length);
    expect(
      table.mget(
        keys.map((one) => `${one}1`),
        numbers,
        found,
      ),
    ).toBe(0);
  }
});

test('a sorted table scans what lies in a range, in the order of the keys', () => {
  const bound = fc.oneof(key, fc.constant(''));
  const entries = fc.array(fc.tuple(key, text(0)), { maxLength: 40 });
  const limit = fc.nat({ max: 50 });
  fc.assert(
    fc.property(entries, bound, bound, limit, (held, from, before, most) => {
      const table = sortedOf(held);
      const inOrder = [...new Map(held)].sort(([a], [b]) => compareKeys(a, b));
      const between = inOrder.filter(
        ([one]) => compareKeys(one, from) >= 0 && compareKeys(one, before) < 0,
      );
      const beginning = inOrder.filter(([one]) => one.startsWith(from));
      expect(table.scan({ from, before }, { limit: most })).toEqual(between.slice(0, most));
      expect(table.scan({ prefix: from }, { limit: most })).toEqual(beginning.slice(0, most));
      expect(table.scan({}, { limit: 100 })).toEqual(inOrder);
    }),
  );
});

test('rows of a range and of a batch lead to keys and values', () => {
  const table = sortedOf([
    ['b/2', 'two'],
    ['a', 'one'],
    ['b/1', ''],
  ]);
  expect(table.rowsIn({ prefix: 'b/' })).toEqual({ first: 1, end: 3 });
  const rows = new Uint32Array(2);
  table.mget(['b/2', 'a'], rows, new Uint8Array(2));
  expect([...rows].map((row) => [table.keyAt(row), table.valueAt(row)])).toEqual([
    ['b/2', 'two'],
    ['a', 'one'],
  ]);
});

test('a range whose bound can be no key is empty, and a scan is bounded without being asked', () => {
  const table = sortedOf(Array.from({ length: 10_050 }, (_, i) => [`k${i}`, '']));
  for (const range of [{ prefix: '\ud800' }, { from: '\ud800' }, { before: 'x\udc00' }])
    expect(table.scan(range)).toEqual([]);
  expect(table.scan({ prefix: 'k' })).toHaveLength(100);
  expect(table.scan({}, { limit: 1e9 })).toHaveLength(10_000);
  expect(table.scan({}, { limit: -1 })).toEqual([]);
});

test('equal content has the same version, other content another', () => {
  const one = build('set', ['a', 'b']).version;
  expect(one).toMatch(/^[0-9a-f]{8}$/);
  expect(build('set', ['b', 'a', 'b']).version).toBe(one);
  expect(build('set', ['a', 'c']).version).not.toBe(one);
});
