import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  burnWindowSeconds,
  objectiveInterval,
  objectiveWindow,
  rateWindow,
  ruleInterval,
  slowInterval,
} from '../../../src/provisioning/objectives/windows.ts';
import { burnWindows } from '../../../src/provisioning/rules/recorded.ts';

const monthly = { sloDays: 30, scrapeSeconds: 15 };
const timings = fc.record({
  sloDays: fc.double({ min: 0.01, max: 90, noNaN: true }),
  scrapeSeconds: fc.integer({ min: 1, max: 300 }),
});

test('in a period of 30 days windows are as long as they are called', () => {
  expect(burnWindows.map((window) => burnWindowSeconds(monthly, window))).toEqual([
    300, 1800, 3600, 7200, 21_600, 86_400, 259_200, 2_592_000,
  ]);
  expect(objectiveWindow(monthly)).toBe(300);
  expect([objectiveInterval(monthly), slowInterval(monthly), ruleInterval(monthly)]).toEqual([
    30, 120, 30,
  ]);
});

test('in a period of half an hour windows shrink to seconds', () => {
  const short = { sloDays: 0.02, scrapeSeconds: 1 };
  expect(burnWindows.map((window) => burnWindowSeconds(short, window))).toEqual([
    2, 2, 2, 5, 14, 58, 173, 1728,
  ]);
  expect(objectiveWindow(short)).toBe(4);
});

test('rates see four scrapes, sums two evaluations, and longer windows are never shorter', () => {
  fc.assert(
    fc.property(timings, (timing) => {
      expect(objectiveWindow(timing)).toBeGreaterThanOrEqual(4 * timing.scrapeSeconds);
      expect(rateWindow(timing)).toBeGreaterThanOrEqual(4 * timing.scrapeSeconds);
      const windows = burnWindows.map((window) => burnWindowSeconds(timing, window));
      for (const window of windows) {
        expect(window).toBeGreaterThanOrEqual(2 * objectiveInterval(timing));
        expect(Number.isInteger(window)).toBe(true);
      }
      expect(windows).toEqual(windows.toSorted((a, b) => a - b));
    }),
  );
});

test('evaluations are at most two minutes apart, whatever the period', () => {
  fc.assert(
    fc.property(timings, (timing) => {
      const intervals = [objectiveInterval(timing), ruleInterval(timing), slowInterval(timing)];
      for (const interval of intervals) {
        expect(interval).toBeGreaterThanOrEqual(1);
        expect(interval).toBeLessThanOrEqual(120);
      }
    }),
  );
});
