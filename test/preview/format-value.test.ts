import { expect, test } from 'vitest';
import { formatValue, unitSize } from './format-value.ts';

test('values are written in the unit that suits their size', () => {
  expect(formatValue(0.0123, 's')).toBe('12.3 ms');
  expect(formatValue(0.00016, 's')).toBe('160 µs');
  expect(formatValue(310, 's')).toBe('5.17 mins');
  expect(formatValue(3 * 2 ** 20, 'bytes')).toBe('3 MiB');
  expect(formatValue(1234, 'reqps')).toBe('1.23 K req/s');
  expect(formatValue(7.2, 'bits')).toBe('7.2 b');
  expect(formatValue(0.25, 'percentunit')).toBe('25%');
  expect(formatValue(-1.59, 'percentunit')).toBe('-159%');
  expect(formatValue(0, 'ops')).toBe('0 ops/s');
});

test('digits are as many as are asked for, or as tell ticks apart', () => {
  expect(formatValue(1, 'percentunit', { decimals: 3 })).toBe('100.000%');
  expect(formatValue(0.5, 'short', { step: 0.25 })).toBe('0.50');
  expect(formatValue(0, 'short', { step: 0.25 })).toBe('0');
});

test('the size of a unit is that of the value it is chosen for', () => {
  expect(unitSize(0.5, 's')).toBe(1e-3);
  expect(unitSize(400, 's')).toBe(60);
  expect(unitSize(0, 's')).toBe(1);
});

test('moments are told by how long ago they are', () => {
  expect(formatValue(1_000_000, 'dateTimeFromNow', { nowSeconds: 1300 })).toBe('5 minutes ago');
});

test('what is no number is told apart', () => {
  expect(formatValue(Number.NaN, 's')).toBe('NaN');
  expect(formatValue(Number.NEGATIVE_INFINITY, 's')).toBe('-∞');
});
