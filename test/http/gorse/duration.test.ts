import { expect, test } from 'vitest';
import { parseDuration } from '../../../src/http/gorse/duration.ts';

test.each([
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['-2ms', -2],
  ['0', 0],
  ['100us', 0.1],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9);
});

test.each(['', '10', 'm', '1d', '10 m', '1h-3m', '--1s', `${'1h'.repeat(9)}`, '1e3s', 'NaN'])(
  '%o is none',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);
