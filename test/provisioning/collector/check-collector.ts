import { checkAddresses } from './check-addresses.ts';
import type { CollectorConfig, Pipeline } from './collector-config.ts';

/** The components of opentelemetry-collector-contrib 0.159 that may be used, as that version calls them. */
const known = {
  extensions: ['file_storage', 'health_check'],
  receivers: ['otlp', 'fluent_forward', 'prometheus'],
  processors: ['memory_limiter', 'filter', 'transform', 'redaction', 'tail_sampling'],
  connectors: ['span_metrics', 'service_graph', 'forward'],
  exporters: ['otlp_grpc', 'otlp_http', 'prometheus'],
} as const;

type Kind = keyof typeof known;
const kinds = Object.keys(known) as Kind[];
/** Exporters that wait for a scraper need no queue. */
const scraped = 'prometheus';

/**
 * Everything in a collector's configuration that breaks a rule: components that the version has not, that are used
 * and not there or there and not used, order, queues, addresses, secrets. Empty where all is well.
 */
export function mistakesIn(config: CollectorConfig): string[] {
  return [
    ...unknownTypes(config),
    ...unusedAndUndefined(config),
    ...Object.entries(config.service.pipelines).flatMap(([id, pipeline]) =>
      pipelineMistakes(config, id, pipeline),
    ),
    ...spanSeriesMistakes(config),
    ...queueMistakes(config),
    ...checkAddresses(config),
  ];
}

/** @example typeOf('otlp_http/loki') // 'otlp_http' */
const typeOf = (id: string) => id.split('/')[0];

function unknownTypes(config: CollectorConfig): string[] {
  return kinds.flatMap((kind) =>
    Object.keys(config[kind])
      .filter((id) => !(known[kind] as readonly string[]).includes(typeOf(id)))
      .map((id) => `${kind}: ${id} is not known to the version`),
  );
}

function unusedAndUndefined(config: CollectorConfig): string[] {
  const { extensions, pipelines } = config.service;
  const all = Object.values(pipelines);
  const connectors = Object.keys(config.connectors);
  const inbound = all.flatMap(({ receivers }) => receivers);
  const outbound = all.flatMap(({ exporters }) => exporters);
  const used: Record<Kind, string[]> = {
    extensions,
    receivers: inbound.filter((id) => !connectors.includes(id)),
    processors: all.flatMap(({ processors = [] }) => processors),
    connectors: connectors.filter((id) => inbound.includes(id) && outbound.includes(id)),
    exporters: outbound.filter((id) => !connectors.includes(id)),
  };
  return kinds.flatMap((kind) => [
    ...used[kind].filter((id) => !(id in config[kind])).map((id) => `${kind}: ${id} is undefined`),
    ...Object.keys(config[kind])
      .filter((id) => !used[kind].includes(id))
      .map((id) => `${kind}: ${id} is unused`),
  ]);
}

function pipelineMistakes(
  { connectors }: CollectorConfig,
  id: string,
  { receivers, processors = [], exporters }: Pipeline,
): string[] {
  const signal = typeOf(id);
  const types = processors.map(typeOf);
  const isEntrance = receivers.some((receiver) => !(receiver in connectors));
  const samplesAt = types.indexOf('tail_sampling');
  const makesSeries = exporters.some((exporter) =>
    ['span_metrics', 'service_graph'].includes(typeOf(exporter)),
  );
  return [
    ...(['traces', 'metrics', 'logs'].includes(signal) ? [] : ['is no signal']),
    ...(isEntrance && types[0] !== 'memory_limiter' ? ['does not begin with memory_limiter'] : []),
    ...(signal === 'traces' && isEntrance && !types.includes('redaction')
      ? ['lets spans in without redaction']
      : []),
    ...(types.includes('batch') ? ['batches before the queue'] : []),
    ...(samplesAt >= 0 && samplesAt < types.length - 1 ? ['goes on after tail_sampling'] : []),
    ...(samplesAt >= 0 && (makesSeries || isEntrance)
      ? ['samples before the series are made']
      : []),
  ].map((mistake) => `pipeline ${id} ${mistake}`);
}

function spanSeriesMistakes({ connectors }: CollectorConfig): string[] {
  return Object.entries(connectors)
    .filter(([id]) => typeOf(id) === 'span_metrics')
    .flatMap(([id, { histogram, exemplars, ...limits }]) => [
      ...(histogram?.unit === 's' ? [] : [`${id} does not count in seconds`]),
      ...(exemplars?.enabled === true ? [] : [`${id} has no exemplars`]),
      ...['metrics_expiration', 'aggregation_cardinality_limit', 'resource_metrics_key_attributes']
        .filter((limit) => !(limit in limits))
        .map((limit) => `${id} has no ${limit}`),
    ]);
}

function queueMistakes({ exporters, service }: CollectorConfig): string[] {
  return Object.entries(exporters)
    .filter(([id]) => typeOf(id) !== scraped)
    .flatMap(([id, { sending_queue: queue, retry_on_failure: retry }]) => [
      ...(service.extensions.includes(queue?.storage) ? [] : [`${id} has no queue on disk`]),
      ...(queue?.batch === undefined ? [`${id} does not batch in its queue`] : []),
      ...(retry?.max_elapsed_time === 0 ? [] : [`${id} gives up before its queue is full`]),
    ]);
}
