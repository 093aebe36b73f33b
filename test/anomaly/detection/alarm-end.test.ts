import { expect, test } from 'vitest';
import { AlarmEnd } from '../../../src/anomaly/detection/alarm-end.ts';
import { createNoise } from './simulate.ts';

/** Ticks until an alarm about a change of `size` is over, NaN where it goes on. */
function ticksToEnd(size: number, next: (tick: number) => number, limit = 1000): number {
  const ends = new AlarmEnd(2);
  ends.begin(1, { size, isSlow: false });
  for (let tick = 1; tick <= limit; tick++) if (ends.weigh(1, next(tick))) return tick;
  return Number.NaN;
}

test('five usual values end an alarm about a large change, fewer never do', () => {
  expect(ticksToEnd(20, () => 0)).toBe(5);
  expect(ticksToEnd(20, (tick) => (tick % 5 === 0 ? 9 : 0))).toBeNaN();
});

test('an odd value on the way back takes as long again', () => {
  expect(ticksToEnd(20, (tick) => (tick === 3 ? 9 : 0))).toBe(8);
});

test('values beyond the other side of usual end it too', () => {
  expect(ticksToEnd(20, () => -9)).toBe(5);
});

test('the end of a small change takes longer to tell', () => {
  const noise = createNoise(1);
  const ticks = [4, 2, 1].map((size) => ticksToEnd(size, () => 0));
  expect(ticks).toEqual([5, 5, 20]);
  expect(ticksToEnd(1.5, () => noise.normal())).toBeGreaterThan(5);
});

test('a change that is still there does not end', () => {
  for (const size of [2, 3, 6]) {
    const noise = createNoise(size);
    expect(ticksToEnd(size, () => size + noise.normal(), 240)).toBeNaN();
  }
});

test('an alarm that begins forgets how far the last one was from its end', () => {
  const ends = new AlarmEnd(1);
  ends.begin(0, { size: 4, isSlow: false });
  for (let i = 0; i < 4; i++) ends.weigh(0, 0);
  ends.begin(0, { size: 4, isSlow: true });
  expect(ends.weigh(0, 0)).toBe(false);
  expect(ends.isSlow(0)).toBe(true);
});
