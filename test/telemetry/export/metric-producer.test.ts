import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { createAggregator } from '../../../src/telemetry/export/aggregate.ts';
import { createMetricProducer } from '../../../src/telemetry/export/metric-producer.ts';
import { createSampler } from '../../../src/telemetry/export/sample.ts';
import { collectedOf } from './snapshots.ts';

test('a reader of the OpenTelemetry SDK takes the metrics from the bridge', async () => {
  const aggregate = createAggregator([]);
  const sample = createSampler([]);
  const snapshot = collectedOf({ labels: ['work', 'stage'], rows: [[['home', ''], 3]] });
  const producer = createMetricProducer(async () => sample(aggregate(snapshot)), {
    resource: resourceFromAttributes({}),
    version: '1.0.0',
  });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, metricProducers: [producer] });
  const resource = resourceFromAttributes({ 'service.name': 'shop' });
  const provider = new MeterProvider({ resource, readers: [reader] });
  await reader.forceFlush();
  const [{ resource: seen, scopeMetrics }] = exporter.getMetrics();
  expect(seen.attributes['service.name']).toBe('shop');
  expect(scopeMetrics).toMatchObject([
    {
      scope: { name: 'sightline', version: '1.0.0' },
      metrics: [
        {
          descriptor: { name: 'calls', description: 'A metric', unit: '' },
          isMonotonic: true,
          dataPoints: [
            { attributes: { work: 'home' }, value: 3, startTime: [1, 0], endTime: [2, 0] },
          ],
        },
      ],
    },
  ]);
  await provider.shutdown();
});
