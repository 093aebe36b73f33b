import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionFreshness } from '../../../src/math/session-gaps.ts';
import { GapWindows } from '../../../src/signals/freshness/gap-windows.ts';

const windowMs = 300_000;

function open({ maxEvents = 64, slots = 1, window = windowMs } = {}): GapWindows {
  const windows = new GapWindows({ windowMs: window, maxEvents });
  windows.reserve(slots);
  return windows;
}

function measured(times: readonly number[], nowMs: number) {
  const out = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
  return sessionFreshness(Float64Array.from(times), times.length, { nowMs, windowMs }, out);
}

/** What a window keeps, and whether it took the event, by sorting all. */
function slowAdd(kept: readonly number[], atMs: number, maxEvents: number) {
  const at = Math.floor(atMs);
  const all = [...kept, at].sort((a, b) => a - b);
  const inWindow = all.filter((time) => time > all[all.length - 1] - windowMs).slice(-maxEvents);
  const isTaken = inWindow.includes(at);
  return { kept: isTaken ? inWindow : kept, isTaken };
}

/** Mostly forward, often late, sometimes beyond a window, now and then beyond 2^32 ms. */
const step = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.double({ min: -20_000, max: 30_000, noNaN: true }),
  fc.integer({ min: -350_000, max: 200_000 }),
  fc.constantFrom(windowMs, windowMs - 1, -windowMs, 2 ** 32, 2 ** 32 + 5000, -(2 ** 33)),
);
const steps = fc.array(fc.record({ slot: fc.nat(1), step }), { maxLength: 120 });

test.each([3, 64, 256])(
  'windows of %i events equal recomputation after any sequence',
  (maxEvents) => {
    const property = fc.property(steps, (moves) => {
      const windows = open({ maxEvents, slots: 2 });
      const kept: (readonly number[])[] = [[], []];
      // Near where the low 32 bits of the time go round.
      const atMs = [400 * 2 ** 32 - 100_000, 1_700_000_000_000];
      for (const { slot, step } of moves) {
        atMs[slot] = (kept[slot].at(-1) ?? atMs[slot]) + step;
        const slow = slowAdd(kept[slot], atMs[slot], maxEvents);
        kept[slot] = slow.kept;
        expect(windows.add(slot, atMs[slot])).toBe(slow.isTaken);
        const last = kept[slot][kept[slot].length - 1];
        const exact = measured(kept[slot], last);
        expect(windows.events(slot)).toBe(exact.events);
        expect(windows.lastAtMs(slot)).toBe(last);
        expect(windows.entropyBits(slot)).toBeCloseTo(exact.entropyBits, 10);
        expect(windows.normalisedEntropy(slot)).toBeCloseTo(exact.normalisedEntropy, 10);
        const nowMs = last + 70_000;
        expect(windows.freshness(slot, nowMs)).toBeCloseTo(
          measured(kept[slot], nowMs).freshness,
          10,
        );
      }
    });
    fc.assert(property, { numRuns: 60 });
  },
);

test('a hundred thousand events leave no rounding behind', () => {
  const windows = open();
  let atMs = 0;
  const addAfter = (gapMs: number) => {
    atMs += gapMs;
    windows.add(0, atMs);
  };
  for (let i = 0; i < 100_000; i++) addAfter((i * 7919) % 4000);
  for (let i = 0; i < 100; i++) addAfter(3000);
  expect(windows.events(0)).toBe(64);
  expect(windows.entropyBits(0)).toBe(0);
});

test('gaps of one length have no entropy at all, and two of different lengths one bit', () => {
  const windows = open();
  for (const atMs of [0, 1000, 2000, 3000]) windows.add(0, atMs);
  expect(windows.entropyBits(0)).toBe(0);
  windows.clear(0);
  for (const atMs of [0, 1000, 5000]) windows.add(0, atMs);
  expect(windows.entropyBits(0)).toBe(1);
});

test('an empty window has nothing to say, also after it was cleared', () => {
  const windows = open();
  for (const atMs of [0, 1000, 5000]) windows.add(0, atMs);
  windows.clear(0);
  expect(windows.events(0)).toBe(0);
  expect(windows.lastAtMs(0)).toBe(Number.NEGATIVE_INFINITY);
  expect([windows.entropyBits(0), windows.freshness(0, 6000)]).toEqual([0, 0]);
});

test('more room leaves what is there as it is', () => {
  const windows = open();
  for (const atMs of [0, 1000, 5000]) windows.add(0, atMs);
  windows.reserve(100);
  expect([windows.events(0), windows.entropyBits(0), windows.events(99)]).toEqual([3, 1, 0]);
});

test('bounds out of range are refused', () => {
  expect(() => open({ window: 1 })).toThrow('window is 1 ms, expected 2 to 2^53');
  expect(() => open({ window: 2 ** 31 + 1 })).toThrow(
    'window is 2147483649 ms, expected up to 2^31',
  );
  for (const maxEvents of [1, 257, 2.5, Number.NaN])
    expect(() => open({ maxEvents })).toThrow(`events of a window are ${maxEvents}, expected`);
});
