import { metricTable } from '../../telemetry/metrics.ts';
import type { Definition } from '../source/definition.ts';
import { noted, type Yaml } from '../yaml-file.ts';
import { goDuration } from './go-duration.ts';

/** Series of spans that had no traffic for so long are forgotten. */
const expiration = '5m';

/** What turns spans into series, and hands all of them on to be sampled. */
export function connectors({ scrapeSeconds }: Definition): { readonly [id: string]: Yaml } {
  const buckets = metricTable.stage_duration_seconds.buckets.map(goDuration);
  return {
    span_metrics: noted('Rate, errors and duration of every span, before any of them is dropped.', {
      histogram: { unit: 's', explicit: { buckets } },
      exemplars: { enabled: true, max_per_data_point: 1 },
      dimensions: [
        { name: 'sightline.work' },
        { name: 'sightline.strategy' },
        { name: 'sightline.stage' },
        { name: 'sightline.outcome' },
      ],
      exclude_dimensions: noted(
        'New at each start of the collector; `instance` of the scrape tells collectors apart.',
        ['collector.instance.id'],
      ),
      resource_metrics_key_attributes: noted(
        'All instances of a service count together, so that a restart begins no new series.',
        ['service.name', 'service.namespace', 'deployment.environment.name'],
      ),
      aggregation_cardinality_limit: noted(
        'Combinations of labels for each service; the rest counts under otel_metric_overflow.',
        2000,
      ),
      metrics_flush_interval: `${scrapeSeconds}s`,
      metrics_expiration: expiration,
      series_expiration: expiration,
    }),
    service_graph: noted(
      'Who calls whom: pairs of client and server spans. They come from different processes, each in its own time.',
      {
        latency_histogram_buckets: buckets,
        store: { ttl: '15s', max_items: 10_000 },
        virtual_node_peer_attributes: ['peer.service', 'db.system.name', 'server.address'],
        metrics_flush_interval: `${scrapeSeconds}s`,
      },
    ),
    forward: {},
  };
}
