import type { MetricRow } from '../../telemetry/metric-row.ts';
import type { Series } from '../../telemetry/series/series.ts';
import { bucketQuantile } from './bucket-quantile.ts';
import { increase } from './increase.ts';
import type { Statistic } from './metric-statistics.ts';

/**
 * Reads one series: writes its statistics into `values` from its place on. `scale` is that of `tickScale`; where it is
 * NaN, only levels are evidence.
 */
export type MetricReader = (scale: number, values: Float64Array) => void;

/** What is read, and whereto. */
interface MetricReading {
  readonly row: MetricRow;
  readonly statistics: readonly Statistic[];
  /** Place of the first statistic. */
  readonly at: number;
  /** Room for the numbers of a series; all readers share it. */
  readonly numbers: Float64Array;
}

/** Observations in a tick under which quantiles would be noise. */
const minObservations = 20;

/** Makes the reader of a series that was not read before. Reading costs O(buckets) and makes nothing. */
export function metricReader(
  series: Pick<Series, 'numbers'>,
  reading: MetricReading,
): MetricReader {
  const { row, at, numbers } = reading;
  if (row.type === 'histogram') return histogramReader(series, reading);
  if (row.type === 'gauge') {
    return (_scale, values) => {
      series.numbers(numbers);
      values[at] = Number.isFinite(numbers[0]) ? numbers[0] : Number.NaN;
    };
  }
  let last = Number.NaN;
  return (scale, values) => {
    series.numbers(numbers);
    values[at] = increase(numbers[0], last) * scale;
    last = numbers[0];
  };
}

function histogramReader(
  series: Pick<Series, 'numbers'>,
  { row, statistics, at, numbers }: MetricReading,
): MetricReader {
  const bounds = Float64Array.from(row.buckets ?? []);
  const last = new Float64Array(bounds.length + 1).fill(Number.NaN);
  const observed = { bounds, counts: numbers };
  return (scale, values) => {
    series.numbers(numbers);
    // One bucket without a known increase makes the sum NaN, and so all that is read of the tick.
    let observations = 0;
    for (let bucket = 0; bucket < last.length; bucket++) {
      const count = numbers[bucket];
      numbers[bucket] = increase(count, last[bucket]);
      last[bucket] = count;
      observations += numbers[bucket];
    }
    const enough = observations >= minObservations && scale > 0;
    for (let s = 0; s < statistics.length; s++) {
      if (statistics[s] === 'rate') values[at + s] = observations * scale;
      else if (!enough) values[at + s] = Number.NaN;
      else values[at + s] = bucketQuantile(statistics[s] === 'p50' ? 0.5 : 0.95, observed);
    }
  };
}
