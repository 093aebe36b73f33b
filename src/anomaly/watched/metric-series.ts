import type { MetricFamily, MetricSet } from '../../telemetry/metric-set.ts';
import type { Series } from '../../telemetry/series/series.ts';
import type { WatchedSeries } from '../watched-series.ts';
import type { SeriesSource } from './all-series.ts';
import { tickScale } from './increase.ts';
import { type MetricReader, metricReader } from './metric-reader.ts';
import { type Statistic, statisticsOf, watchedMetric } from './metric-statistics.ts';

/** The metrics of the gateway as series for the detector. */
export interface MetricSeries extends SeriesSource {
  /** Series that found no room at the last reading. */
  readonly leftOut: number;
}

/** How metrics are read. */
export interface MetricSeriesOptions {
  /** Usual time between two readings. */
  readonly tickSeconds?: number;
  /** Places there are; a counter or gauge takes one, a histogram one for each statistic. */
  readonly maxSeries?: number;
}

/**
 * Makes the source of all metrics that the table wants watched: counters by how much they grew in the tick, gauges by
 * their level, histograms by how many values they took and by the median and 95th percentile of these. A place stays
 * with the name and labels that first took it, also while there is no such series. NaN is read at the first sight of a
 * counter or histogram, where it began anew, where a tick was no evidence (see `tickScale`), for quantiles of fewer
 * than 20 values, and for what is gone. What `read` answers is overwritten by the next reading. O(series · buckets);
 * makes nothing for series it knows.
 *
 * @example
 * const source = createMetricSeries(set);
 * set.gauge('ring_lag_seconds').set(0.2);
 * source.read(30); // among others 'ring_lag_seconds level': 0.2
 */
export function createMetricSeries(
  set: Pick<MetricSet, 'families'>,
  { tickSeconds = 30, maxSeries = 2000 }: MetricSeriesOptions = {},
): MetricSeries {
  const families = set.families.flatMap((family) => {
    const statistics = statisticsOf(family.row);
    return statistics.length === 0 ? [] : [{ family, statistics }];
  });
  const numbers = new Float64Array(
    2 + Math.max(...families.map(({ family }) => bucketsOf(family))),
  );
  const places = new MetricPlaces(maxSeries);
  const values = new Float64Array(maxSeries);
  const trials = new Float64Array(maxSeries).fill(Number.NaN);
  /** By the series itself: one that was removed and made again begins anew, in its old place. */
  const readers = new WeakMap<Pick<Series, 'numbers'>, MetricReader | 'no room'>();
  let scale = Number.NaN;
  let leftOut = 0;

  const visits = families.map(({ family, statistics }): Parameters<MetricFamily['each']>[0] => {
    const bind = (labelValues: readonly string[], series: Pick<Series, 'numbers'>) => {
      const at = places.of(family, { statistics, labelValues });
      const { row } = family;
      return at === undefined ? 'no room' : metricReader(series, { row, statistics, at, numbers });
    };
    return (labelValues, series) => {
      let reader = readers.get(series);
      if (reader === undefined) {
        reader = bind(labelValues, series);
        readers.set(series, reader);
      }
      if (reader === 'no room') leftOut += statistics.length;
      else reader(scale, values);
    };
  });

  return {
    read(seconds) {
      scale = tickScale(seconds, tickSeconds);
      leftOut = 0;
      values.fill(Number.NaN);
      for (let f = 0; f < families.length; f++) families[f].family.each(visits[f]);
      const { taken } = places;
      return {
        added: places.takeAdded(),
        values: values.subarray(0, taken),
        trials: trials.subarray(0, taken),
      };
    },
    get leftOut() {
      return leftOut;
    },
  };
}

/** Who has which place. */
class MetricPlaces {
  readonly #max: number;
  readonly #byKey = new Map<string, number>();
  #added: WatchedSeries[] = [];
  taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** The place of the first statistic of a series; undefined where there is no room for all of them. */
  of(
    { metric, row }: MetricFamily,
    {
      statistics,
      labelValues,
    }: { statistics: readonly Statistic[]; labelValues: readonly string[] },
  ): number | undefined {
    const key = [metric, ...labelValues].join('\0');
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const at = this.taken;
    if (at + statistics.length > this.#max) return undefined;
    const labels = Object.fromEntries(row.labels.map((label, l) => [label, labelValues[l]]));
    for (const statistic of statistics) {
      this.#added.push(watchedMetric(metric, { statistic, labels }));
    }
    this.#byKey.set(key, at);
    this.taken += statistics.length;
    return at;
  }

  /** The series that got a place since the last call. */
  takeAdded(): readonly WatchedSeries[] {
    const added = this.#added;
    this.#added = [];
    return added;
  }
}

function bucketsOf({ row }: MetricFamily): number {
  return row.buckets?.length ?? 0;
}
