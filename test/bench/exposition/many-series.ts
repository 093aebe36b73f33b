import type { MetricRow } from '../../../src/telemetry/metric-row.ts';
import { type MetricName, metricTable } from '../../../src/telemetry/metrics.ts';

/** One label set of a metric, with what is counted into it. */
export interface FilledSeries {
  readonly name: MetricName;
  readonly type: MetricRow['type'];
  readonly labels: Readonly<Record<string, string>>;
  /** Observations of a histogram, in all of its buckets; one amount of a counter. */
  readonly values: readonly number[];
}

/** How many series are wanted, in one of two measures. */
export interface Wanted {
  /** As a scraper counts them. */
  readonly samples?: number;
  /** Label sets of histograms. */
  readonly histograms?: number;
}

/** Below the caps, so that nothing becomes `__other__`. */
const valuesPerLabel = 40;
const labelSetsPerMetric = 2000;
const valuesPerSeries = 64;

/** Label sets of the histograms and counters of the table in turn, until there are enough. */
export function* manySeries({ samples = 0, histograms = 0 }: Wanted): Generator<FilledSeries> {
  const rows = (Object.entries(metricTable) as [MetricName, MetricRow][]).filter(
    ([, { type, labels, owner }]) =>
      type !== 'gauge' && labels.length > 0 && owner !== 'metric-set',
  );
  let [made, madeHistograms] = [0, 0];
  for (let n = 0; n < labelSetsPerMetric; n++) {
    for (const [name, row] of rows) {
      if (made >= samples && madeHistograms >= histograms) return;
      if (n >= valuesPerLabel ** row.labels.length) continue;
      const histogram = row.type === 'histogram';
      made += histogram ? (row.buckets ?? []).length + 3 : 1;
      madeHistograms += histogram ? 1 : 0;
      const values = histogram ? spreadOver(row, n) : [n];
      yield { name, type: row.type, labels: labelsOf(row, n), values };
    }
  }
}

/** The n-th label set of a metric: counts through the values of its labels. */
function labelsOf({ labels }: MetricRow, n: number): Record<string, string> {
  return Object.fromEntries(
    labels.map((label, l) => [
      label,
      `${label}-${Math.floor(n / valuesPerLabel ** l) % valuesPerLabel}`,
    ]),
  );
}

/** Values around the bounds of all buckets, with as many digits as measured ones. */
function spreadOver({ buckets = [] }: MetricRow, n: number): number[] {
  const bounds = [...buckets, 2 * (buckets.at(-1) ?? 1)];
  return Array.from(
    { length: valuesPerSeries },
    (_, v) => bounds[v % bounds.length] * (0.7 + ((v * 31 + n * 17) % 97) / 331),
  );
}
