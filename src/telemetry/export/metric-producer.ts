import { type HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { otelName } from './otel-name.ts';
import { type LabelValues, type Metric, type Sampled, widthOf } from './snapshot.ts';

/** What a producer says of where its metrics come from. */
export interface ProducerOptions {
  readonly resource: Resource;
  /** Version of the instrumentation scope `sightline`. */
  readonly version: string;
}

/**
 * The bridge to OpenTelemetry: a producer whose every collection is a snapshot that `read` hands over. It feeds any
 * reader of the SDK, so nothing is observed a second time. Counters become monotonic sums, histograms keep their bounds;
 * both count from the start. The SDK has no place for exemplars.
 *
 * @example new PeriodicExportingMetricReader({ exporter, metricProducers: [createMetricProducer(read, options)] })
 */
export function createMetricProducer(
  read: () => Promise<Sampled>,
  { resource, version }: ProducerOptions,
): MetricProducer {
  const scope = { name: 'sightline', version };
  return {
    async collect() {
      const { metrics, ...moment } = await read();
      const shown = metrics.filter(({ series }) => series.length > 0);
      const data = shown.map((metric) => metricData(metric, moment));
      return {
        resourceMetrics: { resource, scopeMetrics: [{ scope, metrics: data }] },
        errors: [],
      };
    },
  };
}

function metricData(metric: Metric, moment: Pick<Sampled, 'atMs' | 'startMs'>): MetricData {
  const { name, unit } = otelName(metric);
  const base = {
    descriptor: { name, unit, description: metric.help, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const times = { startTime: hrTime(moment.startMs), endTime: hrTime(moment.atMs) };
  const points = <T>(read: (s: number) => T): DataPoint<T>[] =>
    metric.series.map((values, s) => ({
      ...times,
      attributes: attributesOf(metric.labels, values),
      value: read(s),
    }));
  if (metric.type === 'histogram') {
    const dataPoints = points((s) => histogramOf(metric, s));
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = points((s) => metric.numbers[s]);
  if (metric.type === 'gauge') return { ...base, dataPointType: DataPointType.GAUGE, dataPoints };
  return { ...base, dataPointType: DataPointType.SUM, dataPoints, isMonotonic: true };
}

function histogramOf(metric: Metric, s: number): Histogram {
  const width = widthOf(metric);
  const counts = Array.from(metric.numbers.subarray(s * width, (s + 1) * width - 1));
  return {
    buckets: { boundaries: Array.from(metric.bounds), counts },
    sum: metric.numbers[(s + 1) * width - 1],
    count: counts.reduce((sum, inside) => sum + inside, 0),
  };
}

/** An empty label is no label. */
function attributesOf(labels: readonly string[], values: LabelValues): Record<string, string> {
  return Object.fromEntries(labels.map((label, l) => [label, values[l]]).filter(([, v]) => v));
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
