import type { Source } from '../dashboards/dashboard.ts';
import { createQueries } from '../queries/create-queries.ts';
import type { Definition } from '../source/definition.ts';
import type { Yaml } from '../yaml-file.ts';
import { dataSources } from './data-sources.ts';
import { reference } from './reference.ts';

/** Variables of Grafana's environment with the addresses of the data sources; Grafana knows no defaults for them. */
export const addressVariables: Readonly<Record<Source, string>> = {
  prometheus: 'PROMETHEUS_URL',
  tempo: 'TEMPO_URL',
  loki: 'LOKI_URL',
};

/**
 * The data sources as Grafana reads them from a file: exemplars and log lines lead to their trace, spans to their log
 * lines and series.
 */
export function provisionedDataSources({ scrapeSeconds }: Pick<Definition, 'scrapeSeconds'>) {
  return {
    apiVersion: 1,
    datasources: [
      provisioned('prometheus', {
        httpMethod: 'POST',
        // What Grafana computes $__rate_interval from.
        timeInterval: `${scrapeSeconds}s`,
        exemplarTraceIdDestinations: [
          { name: 'trace_id', datasourceUid: dataSources.tempo.uid, urlDisplayLabel: 'Trace' },
        ],
      }),
      provisioned('tempo', {
        tracesToLogsV2: tracesToLogs(),
        tracesToMetrics: tracesToMetrics(),
        serviceMap: { datasourceUid: dataSources.prometheus.uid },
        nodeGraph: { enabled: true },
      }),
      provisioned('loki', {
        derivedFields: [
          {
            name: 'trace_id',
            matcherRegex: '"trace_id":\\s*"([0-9a-f]{32})"',
            url: literal(reference('__value.raw')),
            datasourceUid: dataSources.tempo.uid,
            urlDisplayLabel: 'Trace',
          },
        ],
      }),
    ],
  };
}

function provisioned(source: Source, jsonData: { readonly [key: string]: Yaml }) {
  const { name, uid } = dataSources[source];
  return {
    name,
    uid,
    type: source,
    access: 'proxy',
    url: reference(addressVariables[source]),
    isDefault: source === 'prometheus',
    editable: false,
    jsonData,
  };
}

/**
 * Text that Grafana shall not take for a variable of its environment when it reads a provisioning file.
 *
 * @example literal('${__value.raw}') // '$${__value.raw}'
 */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The log lines of the request that a span belongs to. */
function tracesToLogs() {
  return {
    datasourceUid: dataSources.loki.uid,
    spanStartTimeShift: '-5m',
    spanEndTimeShift: '5m',
    tags: [{ key: 'service.name', value: 'service_name' }],
    customQuery: true,
    query: literal(`{${reference('__tags')}} | json | trace_id="${reference('__span.traceId')}"`),
  };
}

/** The series of the work or stage that a span belongs to. */
function tracesToMetrics() {
  const q = createQueries({ matchers: ['$__tags'], window: '$__rate_interval', keep: [] });
  return {
    datasourceUid: dataSources.prometheus.uid,
    spanStartTimeShift: '-30m',
    spanEndTimeShift: '30m',
    tags: [
      { key: 'service.name', value: 'job' },
      { key: 'sightline.work', value: 'work' },
      { key: 'sightline.stage', value: 'stage' },
    ],
    queries: [
      { name: 'Request latency p95', query: literal(q.quantile(0.95, 'request_duration_seconds')) },
      { name: 'Stage latency p99', query: literal(q.quantile(0.99, 'stage_duration_seconds')) },
    ],
  };
}
