import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identifier, isIdentifier, isLabel, label } from '../../src/http/identifier.ts';
import { instant, parseInstant } from '../../src/http/instant.ts';

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

const names = fc.oneof(
  fc.string({ maxLength: 6, unit: 'binary' }),
  fc
    .tuple(fc.constantFrom('x', 'é', '商', '👟', '\ud83d', '\u0085'), fc.nat(520))
    .map(([unit, times]) => unit.repeat(times)),
  fc.constantFrom(undefined, null, 5, {}, [], '.', '..', '...'),
);

test('the predicates accept what the schemas accept', () => {
  fc.assert(
    fc.property(names, (name) => {
      expect(isIdentifier(name)).toBe(identifier.safeParse(name).success);
      expect(isLabel(name)).toBe(label.safeParse(name).success);
    }),
    { numRuns: 500 },
  );
});

const pad = (number: number, length: number) => String(number).padStart(length, '0');
/** Texts near `yyyy-mm-ddThh:mm:ss.mmmZ`: every part may be just out of its range, any character may be another. */
const nearTimes = fc
  .record({
    year: fc.oneof(fc.constantFrom(0, 99, 100, 1900, 2000, 2023, 2024, 2100, 9999), fc.nat(9999)),
    parts: fc.tuple(fc.nat(13), fc.nat(32), fc.nat(24), fc.nat(60), fc.nat(60)),
    tail: fc.constantFrom('Z', '.000Z', '.987Z', '.5Z', '.98765Z', '+01:00', '.250-11:30', 'z', ''),
    at: fc.option(fc.nat(23)),
    character: fc.constantFrom('0', '9', ' ', '-', ':', 't', '/', '.', '٣', 'Z'),
  })
  .map(({ year, parts: [month, day, hour, minute, second], tail, at, character }) => {
    const date = [pad(year, 4), pad(month, 2), pad(day, 2)].join('-');
    const time = [hour, minute, second].map((part) => pad(part, 2)).join(':');
    const text = `${date}T${time}${tail}`;
    return at === null ? text : text.slice(0, at) + character + text.slice(at + 1);
  });
const someTimes = fc.oneof(
  nearTimes,
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.string({ maxLength: 24 }),
  fc.double(),
  fc.integer(),
  fc.constantFrom(undefined, null, true, {}, -0, 8.64e15, 8.64e15 + 1, Number.NaN),
);

test('times are read by hand as the schema reads them', () => {
  fc.assert(
    fc.property(someTimes, (time) => {
      expect(parseInstant(time)).toBe(instant.safeParse(time).data);
    }),
    { numRuns: 3000 },
  );
});

test('every day of four years is a day of the calendar, or is not', () => {
  for (const year of [1900, 2000, 2023, 2024]) {
    for (let month = 0; month <= 13; month += 1) {
      for (let day = 0; day <= 32; day += 1) {
        const time = `${year}-${pad(month, 2)}-${pad(day, 2)}T23:59:59Z`;
        expect(parseInstant(time)).toBe(instant.safeParse(time).data);
      }
    }
  }
});
