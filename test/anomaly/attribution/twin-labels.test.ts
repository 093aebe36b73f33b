import { expect, test } from 'vitest';
import { withoutTwins } from '../../../src/anomaly/attribution/twin-labels.ts';

const table = (columns: Record<string, readonly string[]>) => {
  const labels = Object.keys(columns);
  const values = labels.map((label) => [...new Set(columns[label])]);
  const codes = labels.map((label, l) =>
    Uint32Array.from(columns[label], (value) => values[l].indexOf(value)),
  );
  return { labels, values, count: columns[labels[0]].length, codes };
};

test('a label that goes with another one to one is left out and named again', () => {
  const shop = table({
    work: ['home', 'home', 'session', 'session'],
    strategy: ['blend', 'blend', 'next', 'next'],
    segment: ['de', 'pl', 'de', 'pl'],
  });
  const { table: left, name } = withoutTwins(shop);
  expect(left.labels).toEqual(['work', 'segment']);
  expect(left.codes).toHaveLength(2);
  expect(name({ work: 'session', segment: 'pl' })).toEqual({
    work: 'session',
    segment: 'pl',
    strategy: 'next',
  });
  expect(name({ segment: 'pl' })).toEqual({ segment: 'pl' });
  expect(name({})).toEqual({});
});

test('a label that only follows from another stays', () => {
  const shop = table({ strategy: ['a', 'b', 'c'], work: ['home', 'home', 'session'] });
  expect(withoutTwins(shop).table.labels).toEqual(['strategy', 'work']);
});
