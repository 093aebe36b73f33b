import { expect, test } from 'vitest';
import { joinSeries } from '../../../src/anomaly/watched/all-series.ts';
import { createMetricSeries } from '../../../src/anomaly/watched/metric-series.ts';
import { createRegisteredSeries } from '../../../src/anomaly/watched/registered-series.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { following } from './read-series.ts';

test('a series keeps its place whatever the other sources add', () => {
  const [first, second] = [createRegisteredSeries(), createRegisteredSeries()];
  const all = joinSeries([first, second]);
  const read = following(all);
  const add = (to: typeof first, name: string, value: number) =>
    to.register({ name, kind: 'level', read: () => value });
  add(first, 'a', 1);
  add(second, 'b', 2);
  expect(read().values).toEqual({ a: 1, b: 2 });
  add(first, 'c', 3);
  expect(read().values).toEqual({ a: 1, b: 2, c: 3 });
  add(second, 'd', 4);
  add(first, 'e', 5);
  expect(read().values).toEqual({ a: 1, b: 2, c: 3, e: 5, d: 4 });
  expect([...all.read(30).values]).toEqual([1, 2, 3, 5, 4]);
});

test('trials come along, and the length of the tick reaches every source', () => {
  const set = createMetricSet();
  const own = createRegisteredSeries();
  const read = following(joinSeries([createMetricSeries(set), own]));
  const counter = set.counter('events_dropped_total', { reason: 'ring_full' });
  own.register({ name: 'paid', kind: 'ratio', read: () => ({ hits: 1, trials: 9 }) });
  read();
  counter.add(6);
  const { values, trials } = read(60);
  expect(values).toMatchObject({ 'events_dropped_total rate{ring_full}': 3, paid: 1 });
  expect(trials).toMatchObject({ 'events_dropped_total rate{ring_full}': Number.NaN, paid: 9 });
});

test('what was read stays as it was when it is read again', () => {
  const own = createRegisteredSeries();
  let queue = 1;
  own.register({ name: 'queue', kind: 'level', read: () => queue });
  const all = joinSeries([own]);
  const before = all.read(30);
  queue = 2;
  all.read(30);
  expect([...before.values]).toEqual([1]);
  expect(before.values.buffer.byteLength).toBe(8);
});

test('no sources give no series', () => {
  const { added, values, trials } = joinSeries([]).read(30);
  expect([added.length, values.length, trials.length]).toEqual([0, 0, 0]);
});
