import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortNumber } from '../../src/http/short-number.ts';

test('a number keeps five significant digits', () => {
  expect(shortNumber(0.123456)).toBe('0.12346');
  expect(shortNumber(0.0123456)).toBe('0.012346');
  expect(shortNumber(0.00123456)).toBe('0.0012346');
  expect(shortNumber(1.23456)).toBe('1.2346');
  expect(shortNumber(12.3456)).toBe('12.346');
  expect(shortNumber(123.456)).toBe('123.46');
  expect(shortNumber(0.1)).toBe('0.10000');
});

test('a number that rounds up to the next decade is written like that decade', () => {
  expect(shortNumber(0.00999999)).toBe('0.010000');
  expect(shortNumber(0.999999)).toBe('1.0000');
  expect(shortNumber(9.999999)).toBe('10.000');
  expect(shortNumber(99.99999)).toBe('100.000');
});

test('zero, negative, tiny and huge numbers are JSON too', () => {
  for (const value of [0, -0, -1.5, 1e-12, -3e30, 100_000, 5e-324, 3.4e38]) {
    expect(JSON.parse(shortNumber(value))).toBeCloseTo(Number(value.toPrecision(5)), 12);
  }
});

test('what JSON cannot say is null', () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.MAX_VALUE,
  ]) {
    expect(shortNumber(value)).toBe('null');
  }
});

test('every number is read back within half a unit of its fifth digit', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const read: number = JSON.parse(shortNumber(value));
      expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5.001e-5 + 5e-324);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 100, noNaN: true }), (value) => {
      const read: number = JSON.parse(shortNumber(value));
      expect(Math.abs(read - value) / value).toBeLessThanOrEqual(5.001e-5);
    }),
  );
});
