import type { ForeignSample, ForeignSamples } from '../series/foreign-metric.ts';
import { canonicalNumber } from '../series/sample-text.ts';
import { createSeriesColumns } from './series-columns.ts';
import { keyOf, type LabelValues, type Metric, widthOf } from './snapshot.ts';

const noBounds = new Float64Array(0);
const units = ['seconds', 'bytes', 'ratio', 'bits'] as const;

/**
 * A metric of prom-client as columns. A summary becomes gauges, one for each name it has in the exposition: quantiles
 * cannot be added.
 */
export function foreignMetrics({ name, help, type, values = [] }: ForeignSamples): Metric[] {
  if (type === 'histogram') return [histogram({ name, help, values })];
  if (type === 'counter') {
    // prom-client takes the suffix away once it has been asked for OpenMetrics.
    return [plainMetric({ name: `${name.replace(/_total$/, '')}_total`, help, type, values })];
  }
  const byName = Map.groupBy(values, ({ metricName }) => metricName ?? name);
  return [...byName].map(([own, samples]) =>
    plainMetric({ name: own, help, type: 'gauge', values: samples }),
  );
}

interface Foreign<Type extends Metric['type']> extends Required<ForeignSamples> {
  readonly type: Type;
}

function plainMetric({ name, help, type, values }: Foreign<'counter' | 'gauge'>): Metric {
  const labels = labelNames(values);
  const columns = createSeriesColumns({
    ...{ name, type, help, labels },
    ...{ unit: unitOf(name), bounds: noBounds },
  });
  for (const sample of values) columns.add(labelValues(sample, labels), [sample.value]);
  return columns.metric();
}

function histogram({ name, help, values }: Omit<Foreign<'histogram'>, 'type'>): Metric {
  const labels = labelNames(values).filter((label) => label !== 'le');
  const bounds = Float64Array.from(new Set(values.map(boundOf).filter(Number.isFinite)));
  const head = { name, type: 'histogram', unit: unitOf(name), help, labels, bounds } as const;
  const columns = createSeriesColumns(head);
  for (const samples of Map.groupBy(values, (sample) =>
    keyOf(labelValues(sample, labels)),
  ).values()) {
    const numbers = new Float64Array(widthOf(head));
    for (const sample of samples) {
      const bucket = bounds.indexOf(boundOf(sample));
      if (bucket >= 0) numbers[bucket] = sample.value;
      else if (sample.metricName === `${name}_count`) numbers[bounds.length] = sample.value;
      else if (sample.metricName === `${name}_sum`) numbers[bounds.length + 1] = sample.value;
    }
    // Counts up to a bound become counts of each bucket by itself.
    for (let bucket = bounds.length; bucket > 0; bucket--) numbers[bucket] -= numbers[bucket - 1];
    columns.add(labelValues(samples[0], labels), numbers);
  }
  return columns.metric();
}

/** NaN where a sample is no bucket, infinity where it has no bound. */
function boundOf({ labels: { le } = {} }: ForeignSample): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function labelNames(samples: readonly ForeignSample[]): string[] {
  return [...new Set(samples.flatMap(({ labels = {} }) => Object.keys(labels)))];
}

function labelValues({ labels = {} }: ForeignSample, names: readonly string[]): LabelValues {
  return names.map((name) => {
    const value = labels[name] ?? '';
    return name === 'quantile' && typeof value === 'number' ? canonicalNumber(value) : `${value}`;
  });
}

function unitOf(name: string): Metric['unit'] {
  const plain = name.replace(/_total$/, '');
  return units.find((unit) => plain.endsWith(`_${unit}`)) ?? '';
}
