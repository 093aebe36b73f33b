import { expect, test } from 'vitest';
import { createHistory } from '../../src/signals/history.ts';

const reading = (value: number | null, catalog = 'shoes') => ({
  measure: 'gini_ratio',
  labels: { catalog },
  value,
  samples: 10,
});

test('readings are kept a fixed time apart, oldest first', () => {
  const history = createHistory({ everySeconds: 10 });
  for (const second of [0, 1, 9, 10.1, 12, 20])
    history.record('exposures', [reading(second)], second * 1000);
  expect(history.of('exposures')).toEqual({
    atMs: [0, 10_100, 20_000],
    series: [
      {
        measure: 'gini_ratio',
        labels: { catalog: 'shoes' },
        values: [0, 10.1, 20],
        samples: [10, 10, 10],
      },
    ],
  });
});

test('the ring forgets the oldest moments', () => {
  const history = createHistory({ everySeconds: 1, points: 3 });
  for (let second = 0; second < 8; second++)
    history.record('exposures', [reading(second)], second * 1000);
  const past = history.of('exposures');
  expect(past?.atMs).toEqual([5000, 6000, 7000]);
  expect(past?.series[0].values).toEqual([5, 6, 7]);
});

test('a series that says nothing at a moment is null there, also one that comes later', () => {
  const history = createHistory({ everySeconds: 1 });
  history.record('exposures', [reading(1)], 0);
  history.record('exposures', [reading(null), reading(2, 'coats')], 1000);
  history.record('exposures', [reading(3, 'coats')], 2000);
  expect(history.of('exposures')?.series.map(({ values }) => values)).toEqual([
    [1, null, null],
    [null, 2, 3],
  ]);
});

test('series beyond the bound are left out, and a signal that never read has no past', () => {
  const history = createHistory({ everySeconds: 1, maxSeries: 2 });
  history.record(
    'exposures',
    ['a', 'b', 'c'].map((catalog) => reading(1, catalog)),
    0,
  );
  expect(history.of('exposures')?.series).toHaveLength(2);
  expect(history.of('drift')).toBeUndefined();
});
