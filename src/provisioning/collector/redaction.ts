import { noted, type Yaml } from '../yaml-file.ts';

/** The attributes of the gateway's own spans. */
export const gatewayAttributes = [
  'sightline.request.id',
  'sightline.work',
  'sightline.strategy',
  'sightline.segment',
  'sightline.catalog',
  'sightline.variant',
  'sightline.generation',
  'sightline.outcome',
  'sightline.fallback.reason',
  'sightline.items.requested',
  'sightline.items.returned',
  'sightline.stage',
  'sightline.component',
  'sightline.reason',
  'sightline.candidates.in',
  'sightline.candidates.out',
  'sightline.anomaly',
  'sightline.experiment.override',
  'sightline.shadow.outcome',
  'sightline.shadow.overlap',
  'sightline.shadow.kendall_tau',
  'sightline.shadow.latency_ratio',
  'sightline.dry_run',
] as const;

/** Attributes of the semantic conventions that say what was done and how it ended, never for whom. */
const harmlessAttributes = [
  ...['http.request.method', 'http.route', 'http.response.status_code', 'url.scheme'],
  ...['url.template', 'error.type', 'exception.type', 'server.address', 'server.port'],
  ...['network.protocol.name', 'network.protocol.version', 'network.transport'],
  ...['db.system.name', 'db.namespace', 'db.collection.name', 'db.operation.name'],
  ...['db.operation.batch.size', 'db.response.status_code', 'rpc.system.name', 'rpc.service'],
  ...['rpc.method', 'rpc.response.status_code', 'messaging.system', 'messaging.operation.name'],
  ...['messaging.operation.type', 'messaging.batch.message_count', 'peer.service'],
  ...['feature_flag.key', 'feature_flag.result.variant', 'feature_flag.result.reason'],
  'feature_flag.provider.name',
  // Older conventions, which many libraries still write.
  ...['http.method', 'http.status_code', 'http.scheme', 'net.peer.name', 'net.peer.port'],
  ...['db.system', 'db.name', 'db.operation', 'rpc.system', 'rpc.grpc.status_code'],
  ...['messaging.operation', 'otel.status_code'],
] as const;

/** Attributes of resources: which process it was. */
const resourceAttributes = [
  ...['service.name', 'service.namespace', 'service.version', 'service.instance.id'],
  ...['deployment.environment.name', 'deployment.environment', 'telemetry.sdk.name'],
  ...['telemetry.sdk.language', 'telemetry.sdk.version', 'host.name', 'container.id'],
  ...['container.image.name', 'k8s.cluster.name', 'k8s.namespace.name', 'k8s.deployment.name'],
  ...['k8s.pod.name', 'k8s.node.name', 'cloud.provider', 'cloud.region'],
  ...['cloud.availability_zone', 'process.runtime.name', 'process.runtime.version'],
] as const;

/** Values that give somebody away whatever they are called: e-mail addresses and signed tokens. */
const telltaleValues = [
  '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\\.[A-Za-z0-9.-]+',
  'eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*',
] as const;

/** Routes that probes and scrapers ask for. */
const probes = '^/(?:healthz?|livez|readyz?|ready|live|metrics|ping)$';

/**
 * What keeps people out of traces. The gateway writes no ids of users or items, but other spans of the same trace
 * may carry anything: paths, queries, headers, statements, own attributes. So a list says what stays.
 */
export function spanRedaction(): { readonly [id: string]: Yaml } {
  return {
    'filter/probes': noted('Nobody looks at the spans of probes and scrapes.', {
      error_mode: 'ignore',
      trace_conditions: [
        `IsMatch(span.attributes["http.route"], "${probes}")`,
        `IsMatch(span.attributes["url.path"], "${probes}")`,
        `IsMatch(span.attributes["http.target"], "${probes}")`,
      ],
    }),
    'transform/names': noted(
      'Names are part of series and must not hold ids: `GET /users/42` becomes `GET /users/{id}`, or `GET` where there is no route. What is free text goes.',
      {
        error_mode: 'ignore',
        trace_statements: [
          'set_semconv_span_name("1.43.0")',
          'set(span.status.message, "") where span.status.message != ""',
        ],
      },
    ),
    'redaction/people': noted(
      'Attributes of spans, events, scopes and resources that are not in this list are removed, so an attribute that nobody thought of cannot leak: user and item ids, paths and queries, headers, addresses of clients, statements and their parameters, messages and stacks of exceptions. To keep attributes of your own, start the collector with a second --config that holds the whole list: it replaces this one.',
      {
        allow_all_keys: false,
        allowed_keys: [...gatewayAttributes, ...harmlessAttributes, ...resourceAttributes],
        blocked_values: telltaleValues,
        summary: 'silent',
      },
    ),
  };
}
