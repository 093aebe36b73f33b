import { expect, test } from 'vitest';
import { PaneCounts } from '../../../src/signals/panes/pane-counts.ts';

test('totals are over the panes that are not forgotten', () => {
  const counts = new PaneCounts({ panes: 3 });
  for (const pane of [0, 1, 1, 2]) counts.add(5, pane);
  counts.add(4000, 2);
  counts.forget(1);
  const totals = counts.totals();
  expect([totals[5], totals[4000], totals[6]]).toEqual([2, 1, 0]);
});

test('growing keeps what was counted, and ends where the bytes end', () => {
  const counts = new PaneCounts({ panes: 2, maxBytes: 2 * 4 * 3000 });
  expect([0, 1500, 2999, 3000, 1e9].map((number) => counts.add(number, 1))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  const totals = counts.totals();
  expect(totals.length).toBe(3000);
  expect([totals[0], totals[1500], totals[2999]]).toEqual([1, 1, 1]);
});
