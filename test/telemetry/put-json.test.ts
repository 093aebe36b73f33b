import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeControls, jsonString } from '../../src/telemetry/json-string.ts';
import { putInteger, putJsonString, putMs } from '../../src/telemetry/put-json.ts';

const target = Buffer.alloc(8192);
const anyText = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });

function put<Value>(
  write: (target: Buffer, at: number, value: Value) => number,
  value: Value,
): string {
  return target.toString('utf8', 7, write(target, 7, value));
}

test('whole numbers are written in decimal digits', () => {
  fc.assert(
    fc.property(fc.nat(), (value) => {
      expect(put(putInteger, value)).toBe(String(value));
    }),
  );
  for (const value of [-1, Number.NaN, 2 ** 31]) expect(put(putInteger, value)).toBe('0');
});

test('milliseconds are written to three decimals without trailing zeros', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1.9e6, noNaN: true }), (ms) => {
      const text = put(putMs, ms);
      expect(Number(text)).toBeCloseTo(ms, 2);
      expect(String(Number(text))).toBe(text);
    }),
  );
  expect([12.345, 0.05, 12, 0.5, 0].map((ms) => put(putMs, ms))).toEqual([
    ...['12.345', '0.05', '12', '0.5', '0'],
  ]);
  expect([-1, Number.NaN, Number.POSITIVE_INFINITY].map((ms) => put(putMs, ms))).toEqual([
    ...['0', '0', '2000000'],
  ]);
});

test('any string comes back from its JSON, and no control character stands in it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const json of [put(putJsonString, text), jsonString(text)]) {
        expect(JSON.parse(json)).toBe(text);
        expect(json).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }
    }),
    { numRuns: 50 },
  );
});

test('terminal escapes of both kinds are escaped', () => {
  expect(jsonString('\u001b[31m\u009b31m\u007f')).toBe('"\\u001b[31m\\u009b31m\\u007f"');
  expect(put(putJsonString, '\u009b')).toBe('"\\u009b"');
  expect(escapeControls('{"a":"\u009b"}')).toBe('{"a":"\\u009b"}');
});

test('plain text of any length is only quoted', () => {
  for (const text of [
    '',
    'de',
    'a'.repeat(16),
    'a'.repeat(17),
    'Schuhe für Ödön',
    'x'.repeat(900),
  ]) {
    expect(put(putJsonString, text)).toBe(`"${text}"`);
  }
});
