import { type LabelValues, type Metric, widthOf } from './snapshot.ts';

/** What a metric is, without its series. */
export type MetricHead = Omit<Metric, 'series' | 'numbers'>;

/** Series of a metric that is being put together. */
export interface SeriesColumns {
  /** Adds a series; its numbers are copied. */
  add(values: LabelValues, numbers: ArrayLike<number>): void;
  /** The metric with everything added so far. */
  metric(): Metric;
}

/**
 * Begins a metric that has no series yet.
 *
 * @example
 * const columns = createSeriesColumns({ ...head, type: 'counter', labels: ['work'] });
 * columns.add(['home'], [3]);
 * columns.metric().numbers // Float64Array [3]
 */
export function createSeriesColumns(head: MetricHead): SeriesColumns {
  const width = widthOf(head);
  const series: LabelValues[] = [];
  let numbers = new Float64Array(width * 8);
  return {
    add(values, added) {
      const at = series.push(values) * width - width;
      if (at === numbers.length) {
        const larger = new Float64Array(2 * at);
        larger.set(numbers);
        numbers = larger;
      }
      numbers.set(added, at);
    },
    metric: () => ({ ...head, series, numbers: numbers.subarray(0, series.length * width) }),
  };
}
