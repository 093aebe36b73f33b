import { expect, test } from 'vitest';
import { createAggregator } from '../../../src/telemetry/export/aggregate.ts';
import { createSampler, type SampleRule } from '../../../src/telemetry/export/sample.ts';
import {
  createSeriesWriter,
  type WriteSeries,
} from '../../../src/telemetry/export/write-series.ts';
import { collectedOf, type WrittenMetric } from './snapshots.ts';

/** What is written of metrics, each time as they are then. */
function written(times: readonly WrittenMetric[], rules: readonly SampleRule[] = []) {
  const aggregate = createAggregator([]);
  const sample = createSampler(rules);
  const writer = createSeriesWriter({ job: 'shop', instance: '', zone: 'a' });
  const snapshots = times.map((metric) => writer.write(sample(aggregate(collectedOf(metric)))));
  return { snapshots, end: writer.end() };
}

const values = (series: readonly WriteSeries[]) =>
  series.map(({ labels: { __name__, le }, samples }) => [__name__, le, samples[0].value]);

/** Whether a sample is the NaN that ends a series; a list of numbers would make another NaN of it. */
function isEnd({ samples: [{ value }] }: WriteSeries): boolean {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return bits.getBigUint64(0) === 0x7ff0000000000002n;
}

test('labels are sorted, empty ones are left out, and those of a metric go before those of the service', () => {
  const metric = { labels: ['work', 'stage', 'zone'], rows: [[['home', '', 'b'], 3]] } as const;
  const [[{ labels, samples }]] = written([metric]).snapshots;
  expect(Object.entries(labels)).toEqual([
    ['__name__', 'calls_total'],
    ['job', 'shop'],
    ['work', 'home'],
    ['zone', 'b'],
  ]);
  expect(samples).toEqual([{ value: 3, timestamp: 2000 }]);
});

test('a histogram is the samples of its exposition', () => {
  const metric = { type: 'histogram', bounds: [0.5, 1], rows: [[[], 1, 2, 4, 9]] } as const;
  expect(values(written([metric]).snapshots[0])).toEqual([
    ['calls_total_bucket', '0.5', 1],
    ['calls_total_bucket', '1.0', 3],
    ['calls_total_bucket', '+Inf', 7],
    ['calls_total_sum', undefined, 9],
    ['calls_total_count', undefined, 7],
  ]);
});

test('times rise even where two snapshots are of one moment', () => {
  const { snapshots, end } = written([{ rows: [[[], 1]] }, { rows: [[[], 2]] }]);
  const times = [...snapshots, end].map(([{ samples }]) => samples[0].timestamp);
  expect(times).toEqual([2000, 2001, 2002]);
});

test('a series that has gone gets one end, and the end of all leaves it out', () => {
  const labels = ['work'];
  const a = [['a'], 1] as const;
  const { snapshots, end } = written([
    { labels, rows: [a, [['b'], 2]] },
    { labels, rows: [a] },
    { labels, rows: [a] },
  ]);
  const ended = [...snapshots, end].map((series) =>
    series.filter(isEnd).map((one) => one.labels.work),
  );
  expect(ended).toEqual([[], ['b'], [], ['a']]);
});

test('a series that sampling left out has not ended', () => {
  const metric = { rows: [[[], 1]] } as const;
  const { snapshots, end } = written([metric, metric, metric], [{ oneIn: 2 }]);
  expect(snapshots.map((series) => series.map(isEnd))).toEqual([[false], [], [false]]);
  expect(end.map(isEnd)).toEqual([true]);
});
