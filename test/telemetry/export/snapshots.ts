import { createSeriesColumns } from '../../../src/telemetry/export/series-columns.ts';
import type { Collected, Metric } from '../../../src/telemetry/export/snapshot.ts';

/** A metric as tests write it: a row for each series. */
export interface WrittenMetric {
  readonly name?: string;
  readonly type?: Metric['type'];
  readonly labels?: readonly string[];
  readonly bounds?: readonly number[];
  readonly rows: readonly (readonly [values: readonly string[], ...numbers: number[]])[];
}

/** Makes a metric of its rows; a counter `calls_total` without labels, where nothing else is said. */
export function metricOf({
  name = 'calls_total',
  type = 'counter',
  labels = [],
  bounds = [],
  rows,
}: WrittenMetric): Metric {
  const columns = createSeriesColumns({
    ...{ name, type, labels, unit: '', help: 'A metric' },
    bounds: Float64Array.from(bounds),
  });
  for (const [values, ...numbers] of rows) columns.add(values, numbers);
  return columns.metric();
}

/** A snapshot of metrics as they were collected. */
export function collectedOf(...metrics: readonly WrittenMetric[]): Collected {
  return { stage: 'collected', atMs: 2000, startMs: 1000, metrics: metrics.map(metricOf) };
}

/** The rows of a metric. */
export function rowsOf({ series, numbers }: Pick<Metric, 'series' | 'numbers'>): unknown[][] {
  const width = numbers.length / series.length;
  return series.map((values, s) => [[...values], ...numbers.subarray(s * width, (s + 1) * width)]);
}
