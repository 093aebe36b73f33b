import { expect, test } from 'vitest';
import { parseGoDuration } from '../../../src/http/gorse/go-duration.ts';

/** From the documentation of `time.ParseDuration` of Go, and its tests. */
test.each([
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['300ms', 300],
  ['-1.5h', -5_400_000],
  ['2h45m', 9_900_000],
  ['.5s', 500],
  ['5.s', 5000],
  ['1µs', 0.001],
  ['100ns', 0.0001],
  ['0', 0],
  ['', undefined],
  ['3', undefined],
  ['-', undefined],
  ['s', undefined],
  ['.', undefined],
  ['.s', undefined],
  ['1d', undefined],
  ['1h 30m', undefined],
  ['1e3s', undefined],
])('%s is %s ms', (text, ms) => {
  if (ms === undefined) expect(parseGoDuration(text)).toBeUndefined();
  else expect(parseGoDuration(text)).toBeCloseTo(ms, 9);
});
