import { expect, test } from 'vitest';
import { DayCurve } from '../../../src/anomaly/cube/day-curve.ts';
import { plainMark } from '../../../src/anomaly/cube/marks.ts';

const hourMs = 3_600_000;
const tick = (hour: number, requests: number) => ({
  atMs: hour * hourMs,
  seconds: 60,
  mark: Uint16Array.of(plainMark.exposures, plainMark.requests),
  count: Float64Array.of(9999, requests),
});

/** A curve that has seen 8 and 9 o'clock of some days, with twice the requests at 9. */
function seen(
  days: readonly number[],
  requestsAt = (_day: number, hour: number): number => (hour === 9 ? 200 : 100),
) {
  const curve = new DayCurve();
  for (const day of days) {
    for (const hour of [8, 9]) curve.add(tick(24 * day + hour, requestsAt(day, hour)));
  }
  return curve;
}
const today = (day: number) => [[tick(24 * day + 9, 5)], [tick(24 * day + 8, 5)]] as const;

test('the time of day explains what it did on the days before', () => {
  expect(seen([1, 2, 3]).ratio(...today(4))).toBe(2);
});

test('one strange day changes nothing', () => {
  const strange = (day: number, hour: number) => (day === 2 ? 1 : hour === 9 ? 150 : 100);
  expect(seen([1, 2, 3, 4, 5], strange).ratio(...today(6))).toBe(1.5);
});

test('fewer than three days, days without requests and days of more than a week ago explain nothing', () => {
  expect(new DayCurve().ratio(...today(4))).toBe(1);
  expect(seen([2, 3]).ratio(...today(4))).toBe(1);
  expect(seen([1, 2, 3], () => 0).ratio(...today(4))).toBe(1);
  expect(seen([1, 2, 3]).ratio(...today(11))).toBe(1);
});
