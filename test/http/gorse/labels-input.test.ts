import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLabels } from '../../../src/http/gorse/labels-input.ts';

test.each([null, 'a', 1, ['a', 'b'], [0.1, 2], [], {}, { a: { b: ['c'] }, d: null, e: 1 }])(
  '%j are labels and stay as they came',
  (given) => {
    expect(readLabels(given)).toBe(given);
  },
);

test.each([
  [['price', 100], 'unsupported labels: ["price",100]'],
  [[1, 'a'], 'unsupported labels: [1,"a"]'],
  [[null], 'unsupported labels: [null]'],
  [[{}], 'unsupported labels: [{}]'],
  [true, 'unsupported type in labels: bool'],
  [{ a: { b: false } }, 'unsupported type in labels: bool'],
  [{ a: Number.POSITIVE_INFINITY }, 'unsupported type in labels: number'],
])('%j are no labels', (given, message) => {
  expect(() => readLabels(given)).toThrow(message);
});

test('labels have 32 levels at most', () => {
  const nest = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  expect(readLabels(nest(32))).toBeDefined();
  for (const levels of [33, 100_000 / 10])
    expect(() => readLabels(nest(levels))).toThrow('nested too deep');
});

test('any JSON is either labels or refused as a mistake of the caller', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        readLabels(value);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SL_REQUEST_INVALID' });
      }
    }),
  );
});
