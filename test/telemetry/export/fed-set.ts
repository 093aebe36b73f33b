import prom from 'prom-client';
import { createRng } from '../../../src/math/rng.ts';
import type { MetricRow } from '../../../src/telemetry/metric-row.ts';
import type { Counter, Gauge, Histogram, MetricSet } from '../../../src/telemetry/metric-set.ts';
import { type CounterName, metricTable } from '../../../src/telemetry/metrics.ts';

/**
 * Feeds every metric of the table under two label sets, and a metric of each kind that was made with prom-client.
 */
export function fedSet(set: MetricSet): MetricSet {
  const rng = createRng(7);
  for (const [name, row] of Object.entries(metricTable) as [CounterName, MetricRow][]) {
    if (row.owner === 'metric-set') continue;
    for (const value of ['one', 'two "quoted"']) {
      const labels = Object.fromEntries(row.labels.map((label) => [label, value]));
      feed(set, { name, row, labels }, () => rng.unit() * 20);
    }
  }
  feedForeign(set);
  return set;
}

interface Fed {
  readonly name: CounterName;
  readonly row: MetricRow;
  readonly labels: Readonly<Record<string, string>>;
}

/** The set as one sees it who walks through the table: which kind a name is of is only known at run time. */
interface AnySet {
  counter(name: string, labels: object): Counter;
  gauge(name: string, labels: object): Gauge;
  histogram(name: string, labels: object): Histogram;
}

function feed(set: MetricSet, { name, row, labels }: Fed, next: () => number): void {
  const any = set as unknown as AnySet;
  if (row.type === 'counter') any.counter(name, labels).add(next());
  else if (row.type === 'gauge') any.gauge(name, labels).set(next());
  else for (let k = 0; k < 5; k++) any.histogram(name, labels).observe(next());
}

function feedForeign({ registry }: MetricSet): void {
  const registers = [registry];
  const labelNames = ['shard'] as const;
  new prom.Counter({ name: 'plugin_calls_total', help: 'Calls', labelNames, registers })
    .labels('a')
    .inc(3);
  new prom.Gauge({ name: 'plugin_temperature', help: 'Heat', registers }).set(-1.5);
  const buckets = [0.1, 1, 10];
  const waits = new prom.Histogram({
    name: 'plugin_wait_seconds',
    help: 'Wait',
    buckets,
    registers,
  });
  for (const wait of [0.05, 0.5, 0.7, 100]) waits.observe(wait);
  const sizes = new prom.Summary({
    name: 'plugin_size_bytes',
    help: 'Size',
    labelNames,
    registers,
  });
  for (const size of [1, 2, 3]) sizes.labels('a').observe(size);
}
