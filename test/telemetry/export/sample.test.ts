import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketQuantile } from '../../../src/anomaly/watched/bucket-quantile.ts';
import { createAggregator } from '../../../src/telemetry/export/aggregate.ts';
import { createSampler, type SampleRule, shareOver } from '../../../src/telemetry/export/sample.ts';
import { collectedOf, rowsOf, type WrittenMetric } from './snapshots.ts';

/** What is left of metrics that stay as they are, time after time. */
function times(count: number, rules: readonly SampleRule[], ...metrics: WrittenMetric[]) {
  const aggregate = createAggregator([]);
  const sample = createSampler(rules);
  return Array.from({ length: count }, () => sample(aggregate(collectedOf(...metrics))));
}

const counters = (count: number): WrittenMetric[] =>
  Array.from({ length: count }, (_, c) => ({ name: `c${c}_total`, rows: [[[], c]] }));

test('one in n keeps each metric each n-th time, and about as many each time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 30 }),
      (oneIn, count) => {
        const snapshots = times(2 * oneIn, [{ oneIn }], ...counters(count));
        const kept = snapshots.map(({ metrics }) =>
          metrics.filter(({ series }) => series.length > 0).map(({ name }) => name),
        );
        const names = counters(count).map(({ name }) => name);
        expect(kept.slice(0, oneIn).flat().toSorted()).toEqual(names.toSorted());
        expect(kept.slice(oneIn)).toEqual(kept.slice(0, oneIn));
        const sizes = kept.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(snapshots.map(({ leftOut }, t) => leftOut + sizes[t])).toEqual(
          sizes.map(() => count),
        );
      },
    ),
  );
});

test('what no rule names is kept, and the first rule that names a metric counts', () => {
  const [{ metrics, leftOut }] = times(
    1,
    [
      { metrics: ['c0_total'], over: -1, quantile: 0.5 },
      { metrics: ['c0_total', 'c1_total'], oneIn: 5 },
    ],
    ...counters(3),
  );
  expect(metrics.map(({ series }) => series.length)).toEqual([1, 1, 1]);
  expect(leftOut).toBe(0);
});

test('over keeps the counters that gained more in their window', () => {
  const aggregate = createAggregator([]);
  const sample = createSampler([{ over: 5, quantile: 0.99 }]);
  const at = (slow: number, fast: number) =>
    collectedOf({
      labels: ['work'],
      rows: [
        [['slow'], slow],
        [['fast'], fast],
      ],
    });
  sample(aggregate(at(100, 100)));
  const { metrics, leftOut } = sample(aggregate(at(105, 106)));
  // The whole count goes out: a receiver that missed the push before has lost nothing.
  expect(rowsOf(metrics[0])).toEqual([[['fast'], 106]]);
  expect(leftOut).toBe(1);
});

test('over keeps the gauges above it', () => {
  const [{ metrics }] = times(1, [{ over: 2, quantile: 0.99 }], {
    ...{ type: 'gauge', labels: ['model'] },
    rows: [
      [['a'], 2],
      [['b'], 3],
      [['c'], Number.NaN],
    ],
  });
  expect(rowsOf(metrics[0])).toEqual([[['b'], 3]]);
});

test('over keeps the histograms whose quantile is above it, such as the slow stages', () => {
  const stages: WrittenMetric = {
    ...{ type: 'histogram', labels: ['stage'], bounds: [0.01, 0.05, 0.1] },
    rows: [
      [['quick'], 99, 1, 0, 0, 1],
      [['slow'], 97, 1, 2, 0, 1],
      [['hangs'], 97, 0, 0, 3, 900],
      [['idle'], 0, 0, 0, 0, 0],
    ],
  };
  const [{ metrics, leftOut }] = times(1, [{ over: 0.05, quantile: 0.99 }], stages);
  expect(metrics[0].series).toEqual([['slow'], ['hangs']]);
  expect(leftOut).toBe(2 * 6);
  const [median] = times(1, [{ over: 0.05, quantile: 0.5 }], stages);
  expect(median.metrics[0].series).toEqual([]);
});

test('a share beyond a bound says the same as the quantile that Prometheus estimates', () => {
  const histogram = fc
    .uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 })
    .map((bounds) => Float64Array.from(bounds).sort())
    .chain((bounds) =>
      fc.record({
        bounds: fc.constant(bounds),
        // Nothing in the last bucket, which has no end: there the two answer differently on purpose.
        counts: fc
          .array(fc.nat(9), { minLength: bounds.length, maxLength: bounds.length })
          .map((counts) => [...counts, 0]),
      }),
    );
  fc.assert(
    fc.property(histogram, fc.double({ min: 0.5, max: 60, noNaN: true }), (data, bound) => {
      const rank = 0.9;
      const quantile = bucketQuantile(rank, data);
      fc.pre(Number.isNaN(quantile) || Math.abs(quantile - bound) > 1e-6);
      expect(shareOver(bound, data) > 1 - rank).toBe(quantile > bound);
    }),
  );
});

test('a value at a bound is not beyond it', () => {
  expect(shareOver(0, { bounds: [0, 1], counts: [4, 0, 0] })).toBe(0);
  expect(shareOver(1, { bounds: [0, 1], counts: [0, 4, 0] })).toBe(0);
  expect(shareOver(9, { bounds: [0, 1], counts: [0, 3, 1] })).toBe(0.25);
  expect(shareOver(1, { bounds: [0, 1], counts: [0, 0, 0] })).toBe(0);
});
