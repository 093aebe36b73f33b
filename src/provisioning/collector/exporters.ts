import { noted, type Yaml } from '../yaml-file.ts';
import { listen, setting } from './collector-settings.ts';

/** What may wait on disk for one receiver. */
const queueBytes = 268_435_456;

/** Never gives up: what has to go when a receiver is away is decided by the size of the queue alone. */
const queue = {
  sending_queue: { storage: 'file_storage', sizer: 'bytes', queue_size: queueBytes, batch: {} },
  retry_on_failure: { initial_interval: '1s', max_interval: '30s', max_elapsed_time: 0 },
};

/** The folder of the queues. */
export function fileStorage(): Yaml {
  const directory = `${setting('folder')}/queue`;
  return {
    directory,
    create_directory: true,
    compaction: { directory, on_start: true, on_rebound: true, cleanup_on_start: true },
  };
}

/** Where traces, log lines and the series made of spans go. */
export function exporters(): Yaml {
  return {
    'otlp_grpc/tempo': noted(
      'Up to 256 MiB wait on disk for as long as Tempo is away, also over a restart. Batches are made on the way out.',
      { endpoint: setting('tempo'), tls: { insecure: setting('tempoInsecure') }, ...queue },
    ),
    'otlp_http/loki': { endpoint: setting('loki'), ...queue },
    'prometheus/spans': noted(
      'Scraped, not pushed: a scrape needs no queue, and its absence shows. Exemplars need OpenMetrics.',
      { ...listen('spans'), enable_open_metrics: true, without_scope_info: true },
    ),
  };
}
