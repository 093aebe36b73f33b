import { expect, test } from 'vitest';
import { FleetTail } from '../../../src/anomaly/detection/fleet-tail.ts';
import { createNoise } from './simulate.ts';

const hour = 1 / 24;

/** Peaks of `perHour` series an hour, exponential above 3 with `excess`, for so many days. */
function tailOf(days: number, { perHour = 200, excess = 1 / Math.LN10 } = {}): FleetTail {
  const tail = new FleetTail();
  const noise = createNoise(2);
  for (let h = 0; h < days * 24; h++) {
    for (let i = 0; i < perHour; i++) tail.add(3 - excess * Math.log(1 - noise.unit()));
    tail.pass(hour);
  }
  return tail;
}

test('nothing is said before a hundred peaks are known', () => {
  expect(tailOf(1, { perHour: 2 }).exceededBy(1)).toBe(0);
});

test('the surprise that one peak a day exceeds is the one of the law that the peaks follow', () => {
  // 4800 peaks a day above 3, a tenth of them above 4, and so on: 3 + log10(4800).
  expect(Math.abs(tailOf(5).exceededBy(1) - 6.68)).toBeLessThan(0.3);
  expect(
    Math.abs(tailOf(5, { excess: 0.6 }).exceededBy(1) - (3 + 0.6 * Math.log(4800))),
  ).toBeLessThan(0.5);
});

test('an incident that befalls every series does not raise it far', () => {
  const tail = tailOf(5);
  const before = tail.exceededBy(1);
  for (let i = 0; i < 5000; i++) tail.add(Number.POSITIVE_INFINITY);
  tail.pass(hour);
  for (let h = 0; h < 5; h++) tail.pass(hour);
  expect(tail.exceededBy(1)).toBeGreaterThan(before);
  expect(tail.exceededBy(1)).toBeLessThan(before + 6);
});
