import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FeatureColumn, featureState } from '../../../src/pipeline/features/feature-column.ts';
import { KnownNumbers } from '../../../src/pipeline/features/known-numbers.ts';
import type { FeatureLookup, FeatureValue } from '../../../src/stores/features/feature-store.ts';

const present = (row: FeatureValue): FeatureLookup => ({ state: 'present', row, writtenAtMs: 0 });
const absent: FeatureLookup = { state: 'absent' };
const failed: FeatureLookup = { state: 'failed', reason: 'timeout' };

test('a column says of each row whether its value is there, and which it is', () => {
  const column = new FeatureColumn(false);
  expect(column.fill([present(7), absent, failed])).toEqual({ present: 1, failed: 1 });
  expect([...column.state.subarray(0, 3)]).toEqual([1, 0, 2]);
  expect([0, 1, 2, 3].map((row) => column.valueAt(row))).toEqual([
    7,
    undefined,
    undefined,
    undefined,
  ]);
  column.fillWith('failed', 2);
  expect([...column.state.subarray(0, column.count)]).toEqual([
    featureState.failed,
    featureState.failed,
  ]);
  expect(column.numbers('', -1).subarray(0, 2)).toEqual(Float64Array.of(-1, -1));
});

test.each<[string, FeatureValue, number]>([
  ['', 3, 3],
  ['price.net', { price: { net: 9.5 } }, 9.5],
  ['1', [4, 5], 5],
  ['price', { price: '9.5' }, -1],
  ['price.net', { price: null }, -1],
  ['constructor.name', {}, -1],
  ['price', 3, -1],
  ['length', 'text', -1],
])('the number at %j of %j is %d', (field, value, number) => {
  const column = new FeatureColumn(true);
  column.fill([present(value)]);
  expect(column.numbers(field, -1)[0]).toBe(number);
});

/** A few values that come again and again as the same object, as those of a snapshot do. */
const held = [absent, failed, ...[1, 2, 3, 'x'].map((price) => present({ price }))];
const requests = fc.array(
  fc.array(fc.tuple(fc.nat(40), fc.nat(held.length - 1)), { maxLength: 30 }),
  { maxLength: 10 },
);

test('numbers that are kept from request to request are those that would be read anew', () => {
  fc.assert(
    fc.property(requests, (all) => {
      const known = new KnownNumbers();
      const [kept, anew] = [new FeatureColumn(false, known), new FeatureColumn(false)];
      for (const rows of all) {
        const lookups = rows.map(([, value]) => held[value]);
        kept.fill(
          lookups,
          Int32Array.from(rows, ([item]) => item),
        );
        anew.fill(lookups);
        for (const field of ['price', 'other']) {
          const numbers = kept.numbers(field, -1).subarray(0, rows.length);
          expect(numbers).toEqual(anew.numbers(field, -1).subarray(0, rows.length));
        }
      }
    }),
  );
});

test('items of any index have their numbers, also those that are too many to be kept', () => {
  const column = new FeatureColumn(false, new KnownNumbers());
  column.fill([present(1), present(2), present(3)], Int32Array.of(0, 131_071, 131_072));
  expect([...column.numbers().subarray(0, 3)]).toEqual([1, 2, 3]);
});
