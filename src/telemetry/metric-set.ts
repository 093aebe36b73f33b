import { type Metric, Registry } from 'prom-client';
import { type Clock, systemClock } from '../domain/clock.ts';
import type { MetricRow } from './metric-row.ts';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelName,
  type MetricName,
  metricTable,
} from './metrics.ts';
import { CounterSeries } from './series/counter.ts';
import { Family } from './series/family.ts';
import { GaugeSeries } from './series/gauge.ts';
import { HistogramSeries } from './series/histogram.ts';
import type { Series } from './series/series.ts';

/** A counter bound to its labels. */
export interface Counter {
  /** Adds `amount`, 0 or more; the trace id becomes the exemplar. */
  add(amount: number, traceId?: string): void;
}

/** A gauge bound to its labels. It is not exposed before it has a value. */
export interface Gauge {
  set(value: number): void;
  /** From now on the value is read at each scrape. */
  follow(read: () => number): void;
}

/** A histogram bound to its labels. */
export interface Histogram {
  /** Counts a value; the trace id becomes the exemplar of its bucket. */
  observe(value: number, traceId?: string): void;
  /** Adds values that were counted elsewhere: one count a bucket, the last one without bound, and their sum. */
  merge(counts: ArrayLike<number>, sum: number): void;
}

/** The live series of one metric of the table, to be read as numbers. */
export interface MetricFamily {
  /** The name in the table. */
  readonly metric: MetricName;
  readonly row: MetricRow;
  /** Calls `visit` for every live series with its label values, in the order of the row's labels. Makes nothing. */
  each(visit: (values: readonly string[], series: Pick<Series, 'numbers'>) => void): void;
}

/** The labels of a metric as an argument: none for a metric without labels. */
type LabelArgument<Name extends MetricName> = [LabelName<Name>] extends [never]
  ? []
  : [labels: Readonly<Record<LabelName<Name>, string>>];

/**
 * The live series of the table. Asking for a series costs a look-up and should happen once; what comes
 * back is bound to its labels and cheap to call. Nothing here throws.
 */
export interface MetricSet {
  /** Holds every metric of the table; metrics made with prom-client may be registered beside them. */
  readonly registry: Registry;
  /** Every metric of the table, in its order. */
  readonly families: readonly MetricFamily[];
  counter<Name extends CounterName>(name: Name, ...labels: LabelArgument<Name>): Counter;
  gauge<Name extends GaugeName>(name: Name, ...labels: LabelArgument<Name>): Gauge;
  histogram<Name extends HistogramName>(name: Name, ...labels: LabelArgument<Name>): Histogram;
  /** Takes a gauge's series out of the exposition; a bound gauge of it stays usable but is not shown. */
  remove<Name extends GaugeName>(name: Name, ...labels: LabelArgument<Name>): void;
  /** Time series that the table's metrics take in the exposition. */
  size(): number;
}

/** Bounds of a metric set. */
export interface MetricSetOptions {
  /** Values one label of one metric may take; later ones are `__other__`. */
  readonly maxLabelValues?: number;
  /** Label sets one metric may hold; later ones share one that is `__other__` throughout. */
  readonly maxSeries?: number;
  /** Gives exemplars their time. */
  readonly clock?: Clock;
}

type AnyLabels = readonly [Readonly<Record<string, string>>?];

/**
 * Makes the live series of the table, all registered and empty.
 *
 * @example
 * const set = createMetricSet();
 * const fallbacks = set.counter('fallback_total', { work: 'home', stage: 'score', reason: 'plugin.error' });
 * fallbacks.add(1, '4bf92f3577b34da6a3ce929d0e0e4736');
 */
export function createMetricSet({
  maxLabelValues = 50,
  maxSeries = 2000,
  clock = systemClock,
}: MetricSetOptions = {}): MetricSet {
  const registry = new Registry();
  const families = new Map<MetricName, Family<Series>>();
  const own = (metric: string, name: 'label_overflow_total' | 'observations_rejected_total') =>
    (families.get(name) as unknown as Family<CounterSeries>).of({ metric }).add(1);

  for (const [name, row] of Object.entries(metricTable) as [MetricName, MetricRow][]) {
    const watchesItself = row.owner === 'metric-set';
    const family = new Family<Series>(name, {
      create: creatorOf(row, clock, () => own(name, 'observations_rejected_total')),
      // The labels of these are the names of the table: bounded already, and they may not overflow.
      maxLabelValues: watchesItself ? Number.POSITIVE_INFINITY : maxLabelValues,
      maxSeries: watchesItself ? Number.POSITIVE_INFINITY : maxSeries,
      onOverflow: () => own(name, 'label_overflow_total'),
    });
    families.set(name, family);
    registry.registerMetric(family as unknown as Metric);
  }
  const size = () => {
    let samples = 0;
    for (const family of families.values()) samples += family.size;
    return samples;
  };
  const of = (name: MetricName, [labels = {}]: AnyLabels) => families.get(name)!.of(labels);
  const set: MetricSet = {
    registry,
    families: [...families.values()],
    counter: (name, ...labels) => of(name, labels) as CounterSeries,
    gauge: (name, ...labels) => of(name, labels) as GaugeSeries,
    histogram: (name, ...labels) => of(name, labels) as HistogramSeries,
    remove: (name, ...labels) => families.get(name)!.remove((labels as AnyLabels)[0] ?? {}),
    size,
  };
  set.gauge('series').follow(size);
  return set;
}

function creatorOf(row: MetricRow, clock: Clock, reject: () => void): () => Series {
  if (row.type === 'counter') return () => new CounterSeries(clock, reject);
  if (row.type === 'gauge') return () => new GaugeSeries();
  const shape = { bounds: Float64Array.from(row.buckets ?? []), clock, reject };
  return () => new HistogramSeries(shape);
}
