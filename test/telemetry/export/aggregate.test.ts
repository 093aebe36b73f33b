import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AggregateRule, createAggregator } from '../../../src/telemetry/export/aggregate.ts';
import { createSampler } from '../../../src/telemetry/export/sample.ts';
import { withoutLabels } from '../../../src/telemetry/export/without-labels.ts';
import { collectedOf, metricOf, rowsOf, type WrittenMetric } from './snapshots.ts';

const rule = (rest: Partial<AggregateRule>): AggregateRule => ({
  ...{ without: [], periods: 1, gauges: { across: 'avg', within: 'last' } },
  ...rest,
});

/** A metric that is aggregated each time as it is then. */
function slide(rules: readonly AggregateRule[], times: readonly WrittenMetric[]) {
  const aggregate = createAggregator(rules);
  return times.map((metric) => aggregate(collectedOf(metric)).metrics[0]);
}

test('counters and histograms are added over the labels that are dropped', () => {
  const labels = ['work', 'stage'];
  const rows = [
    [['home', 'score'], 1],
    [['home', 'filter'], 2],
    [['similar', 'score'], 4],
  ] as const;
  const [counter] = slide([rule({ without: ['stage'] })], [{ labels, rows }]);
  expect(counter.labels).toEqual(['work']);
  expect(rowsOf(counter)).toEqual([
    [['home'], 3],
    [['similar'], 4],
  ]);
  const [histogram] = slide(
    [rule({ without: ['work', 'stage'] })],
    [
      {
        ...{ type: 'histogram', labels, bounds: [1] },
        rows: [
          [['home', 'score'], 1, 2, 30],
          [['home', 'filter'], 10, 20, 300],
        ],
      },
    ],
  );
  expect(rowsOf(histogram)).toEqual([[[], 11, 22, 330]]);
});

test.each([
  ['avg', 3],
  ['sum', 6],
  ['min', 1],
  ['max', 5],
] as const)('gauges are put together by %s', (across, expected) => {
  const gauges = metricOf({
    ...{ type: 'gauge', labels: ['model'] },
    rows: [
      [['a'], 1],
      [['b'], 5],
      [['c'], Number.NaN],
    ],
  });
  expect(rowsOf(withoutLabels(gauges, ['model'], across))).toEqual([[[], expected]]);
});

test('labels can be dropped in any order, and nothing that was counted is lost', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const row = fc.tuple(fc.tuple(label, label, label), fc.nat(1000));
  const metric = fc
    .uniqueArray(row, { selector: ([values]) => values.join() })
    .map((rows) => metricOf({ labels: ['x', 'y', 'z'], rows }));
  fc.assert(
    fc.property(metric, (counter) => {
      const total = (numbers: Float64Array) => numbers.reduce((sum, number) => sum + number, 0);
      const both = withoutLabels(counter, ['x', 'z'], 'sum');
      const onePerOne = withoutLabels(withoutLabels(counter, ['z'], 'sum'), ['x'], 'sum');
      expect(rowsOf(both).toSorted()).toEqual(rowsOf(onePerOne).toSorted());
      expect(total(both.numbers)).toBe(total(counter.numbers));
      expect(new Set(both.series.map(String)).size).toBe(both.series.length);
    }),
  );
});

test('the first rule that names a metric counts, and a label that it does not have changes nothing', () => {
  const labels = ['work'];
  const rows = [[['home'], 1]] as const;
  const rules = [
    rule({ metrics: ['other_total'], without: ['work'] }),
    rule({ metrics: ['calls_total'], without: ['reason'] }),
    rule({ without: ['work'] }),
  ];
  expect(slide(rules, [{ labels, rows }])[0].labels).toEqual(['work']);
  expect(slide(rules, [{ name: 'third_total', labels, rows }])[0].labels).toEqual([]);
});

test('a counter goes on counting, and what it gained inside the window stands beside it', () => {
  const at = (value: number): WrittenMetric => ({ rows: [[[], value]] });
  const metrics = slide([rule({ periods: 2 })], [5, 7, 12, 13, 13].map(at));
  expect(metrics.map(({ numbers }) => numbers[0])).toEqual([5, 7, 12, 13, 13]);
  expect(metrics.map(({ increases }) => increases[0])).toEqual([5, 2, 7, 6, 1]);
});

test('what a histogram gained is told for each bucket and for the sum', () => {
  const at = (...numbers: number[]): WrittenMetric => ({
    ...{ type: 'histogram', bounds: [1, 2] },
    rows: [[[], ...numbers]],
  });
  const metrics = slide([], [at(1, 1, 1, 9), at(1, 3, 2, -4)]);
  expect([...metrics[1].increases]).toEqual([0, 2, 1, -13]);
});

test('series are found again when others come and go, and what is new or has begun again counts from 0', () => {
  const at = (...rows: [string, number][]): WrittenMetric => ({
    labels: ['work'],
    rows: rows.map(([work, value]) => [[work], value]),
  });
  const metrics = slide(
    [],
    [at(['a', 1], ['b', 10], ['c', 100]), at(['c', 150], ['new', 3], ['b', 4])],
  );
  expect(rowsOf({ ...metrics[1], numbers: metrics[1].increases })).toEqual([
    [['c'], 50],
    [['new'], 3],
    [['b'], 4],
  ]);
  expect(metrics[1].gone).toEqual([['a']]);
});

test.each([
  ['last', [4, 1, 7, 2]],
  ['max', [4, 4, 7, 7]],
  ['min', [4, 1, 1, 1]],
  ['avg', [4, 2.5, 4, 10 / 3]],
] as const)('a gauge shows the %s of its window', (within, expected) => {
  const at = (value: number): WrittenMetric => ({ type: 'gauge', rows: [[[], value]] });
  const rules = [rule({ periods: 3, gauges: { across: 'avg', within } })];
  const metrics = slide(rules, [4, 1, 7, 2].map(at));
  expect(metrics.map(({ numbers }) => numbers[0])).toEqual(expected);
});

test('a metric that is no longer there is told once, with all its series gone', () => {
  const aggregate = createAggregator([]);
  aggregate(collectedOf({ labels: ['work'], rows: [[['a'], 1]] }));
  const [metric] = aggregate(collectedOf()).metrics;
  expect(metric).toMatchObject({ name: 'calls_total', series: [], gone: [['a']] });
  expect(aggregate(collectedOf()).metrics).toEqual([]);
});

test('the compiler refuses a stage that is left out', () => {
  const collected = collectedOf({ rows: [] });
  const aggregated = createAggregator([])(collected);
  expect(createSampler([])(aggregated).stage).toBe('sampled');
  // @ts-expect-error a snapshot as it was collected has no window that could be looked at
  expect(() => createSampler([{ over: 1, quantile: 0.5 }])(collected)).not.toThrow();
  // @ts-expect-error what is aggregated is not aggregated again
  expect(() => createAggregator([])(aggregated)).not.toThrow();
});
