import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPanes } from '../../../src/signals/panes/panes.ts';

const sixPanes = { windowSeconds: 60, panes: 6 };

test('a moment is in the pane of its time, and time that goes back stands still', () => {
  const paneAt = createPanes(sixPanes, () => {});
  expect([25_000, 59_999, 60_000, 5_000].map(paneAt)).toEqual([2, 5, 0, 0]);
});

test('what is kept is always what came in the last panes', () => {
  const property = fc.property(fc.array(fc.nat(90_000), { maxLength: 40 }), (steps) => {
    const kept: number[][] = Array.from({ length: 6 }, () => []);
    const paneAt = createPanes(sixPanes, (pane) => {
      kept[pane] = [];
    });
    let nowMs = 0;
    const all: number[] = [];
    for (const step of steps) {
      nowMs += step;
      kept[paneAt(nowMs)].push(nowMs);
      all.push(nowMs);
      const oldest = Math.floor(nowMs / 10_000) - 5;
      const expected = all.filter((atMs) => Math.floor(atMs / 10_000) >= oldest);
      expect(kept.flat().sort((a, b) => a - b)).toEqual(expected);
    }
  });
  fc.assert(property);
});
