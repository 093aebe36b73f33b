import type { Clock } from '../../domain/clock.ts';
import type { MetricFamily, MetricSet } from '../metric-set.ts';
import { exposedName } from '../metrics.ts';
import { Family } from '../series/family.ts';
import { type ForeignMetric, foreignMetrics } from './foreign-metrics.ts';
import { createSeriesColumns } from './series-columns.ts';
import { type Collected, type Metric, widthOf } from './snapshot.ts';

/** Takes a snapshot of everything that `/metrics` would tell now. */
export type Collect = () => Promise<Collected>;

/**
 * Makes the first stage: all metrics of the table, read as numbers in one go, and those of prom-client beside them. A
 * metric of prom-client whose `get` fails is left out; a gauge of the table without a value, too. Never rejects.
 * O(numbers), about 1 ms for 5,000.
 */
export function createCollector(metrics: MetricSet, clock: Pick<Clock, 'now'>): Collect {
  const startMs = clock.now();
  return async () => {
    const atMs = clock.now();
    const own = metrics.families.map(readFamily);
    const foreign = await Promise.all(
      metrics.registry.getMetricsAsArray().flatMap((metric) => {
        if ((metric as object) instanceof Family) return [];
        const { get } = metric as unknown as { get(): Promise<ForeignMetric> };
        return [
          get
            .call(metric)
            .then(foreignMetrics)
            .catch((): Metric[] => []),
        ];
      }),
    );
    return { stage: 'collected', atMs, startMs, metrics: [...own, ...foreign.flat()] };
  };
}

function readFamily(family: MetricFamily): Metric {
  const { type, unit, help, labels, buckets = [] } = family.row;
  const head = { type, unit, help, labels, bounds: Float64Array.from(buckets) };
  const columns = createSeriesColumns({ name: exposedName(family.metric), ...head });
  const numbers = new Float64Array(widthOf(head));
  family.each((values, series) => {
    series.numbers(numbers);
    if (!Number.isNaN(numbers[0])) columns.add(values, numbers);
  });
  return columns.metric();
}
