import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseLenientTime,
  parseStrictTime,
  showTime,
  zeroTimeMs,
} from '../../../src/http/gorse/go-time.ts';

const at = (text: string) => Date.parse(text);

test.each([
  ['2022-02-24', '2022-02-24T00:00:00Z'],
  ['2022/2/4', '2022-02-04T00:00:00Z'],
  ['2022.02.24', '2022-02-24T00:00:00Z'],
  ['2022-02', '2022-02-01T00:00:00Z'],
  ['2022', '2022-01-01T00:00:00Z'],
  ['20220224', '2022-02-24T00:00:00Z'],
  ['202202', '2022-02-01T00:00:00Z'],
  ['20220224100102', '2022-02-24T10:01:02Z'],
  ['02/24/2022', '2022-02-24T00:00:00Z'],
  ['2014年04月08日', '2014-04-08T00:00:00Z'],
  ['2022/02/24 10:00:00', '2022-02-24T10:00:00Z'],
  ['2022-02-24 10:00', '2022-02-24T10:00:00Z'],
  ['2022-02-24 10:00:00 +0800', '2022-02-24T02:00:00Z'],
  ['2022-02-24T10:00:00+08:00', '2022-02-24T02:00:00Z'],
  ['2022-02-24T10:00:00-0130', '2022-02-24T11:30:00Z'],
  ['2022-02-24t10:00:00z', '2022-02-24T10:00:00Z'],
  ['2022-02-24T10:00:00.5Z', '2022-02-24T10:00:00.500Z'],
  ['2022-02-24T10:00:00.123456789Z', '2022-02-24T10:00:00.123Z'],
  ['1989-06-01 01:01:01.000000001 +0000 UTC', '1989-06-01T01:01:01Z'],
  ['2022-02-24 12:30:00 AM', '2022-02-24T00:30:00Z'],
  ['2/24/2022 1:05 pm', '2022-02-24T13:05:00Z'],
  ['Feb 24, 2022', '2022-02-24T00:00:00Z'],
  ['February 24th, 2022 10:00:00', '2022-02-24T10:00:00Z'],
  ['24 Feb 2022', '2022-02-24T00:00:00Z'],
  ['14-Feb-1997', '1997-02-14T00:00:00Z'],
  ['Thu, 24 Feb 2022 10:00:00 GMT', '2022-02-24T10:00:00Z'],
  ['Thu Feb 24 10:00:00 2022', '2022-02-24T10:00:00Z'],
  ['Thu Feb 24 10:00:00 UTC 2022', '2022-02-24T10:00:00Z'],
  ['1645696800', '2022-02-24T10:00:00Z'],
  ['1645696800123', '2022-02-24T10:00:00.123Z'],
  ['1645696800123456', '2022-02-24T10:00:00.123Z'],
  ['1645696800123456789', '2022-02-24T10:00:00.123Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
])('%s is read as %s', (text, meant) => {
  expect(parseLenientTime(text)).toBe(at(meant));
});

test.each([
  ...[
    'yesterday',
    '',
    '2022-02-30',
    '2022-13-01',
    '2022-00-10',
    '0000-01-01',
    '2022-02-24T24:00:00Z',
  ],
  ...['2022-02-24T10:60:00Z', '2022-02-24T10:00:60Z', '2022-02-24T10:00:00+25:00', '99999', 'NaN'],
  ...['2022-02/24', '13/13/2022', '2022-02-24 13:00 PM', '1'.repeat(20), ' '.repeat(1000), '-1'],
])('%j is no time', (text) => {
  expect(parseLenientTime(text)).toBeUndefined();
});

test('the strict form is RFC 3339 and no other', () => {
  expect(parseStrictTime('2022-02-24T10:00:00.25+01:00')).toBe(at('2022-02-24T09:00:00.250Z'));
  for (const text of [
    '2022-02-24',
    '2022-02-24 10:00:00Z',
    '1645696800',
    '2022-02-24T10:00:00',
    '',
  ])
    expect(parseStrictTime(text)).toBeUndefined();
});

test('times are shown as Go shows them', () => {
  expect(showTime(at('2022-08-07T00:26:46Z'))).toBe('2022-08-07T00:26:46Z');
  expect(showTime(at('2022-08-07T00:20:00.120Z'))).toBe('2022-08-07T00:20:00.12Z');
  expect(showTime(zeroTimeMs)).toBe('0001-01-01T00:00:00Z');
});

test('what is shown is read as the same time', () => {
  const years = { min: new Date(zeroTimeMs), max: new Date('9999-12-31'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(years), (date) => {
      const text = showTime(date.getTime());
      expect(parseLenientTime(text)).toBe(date.getTime());
      expect(parseStrictTime(text)).toBe(date.getTime());
    }),
  );
});
