import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { type Bare, noted, type Yaml, yamlFile } from '../yaml-file.ts';
import {
  collectorMemory,
  collectorPorts,
  collectorVariables,
  listen,
  setting,
} from './collector-settings.ts';
import { connectors } from './connectors.ts';
import { exporters, fileStorage } from './exporters.ts';
import { logLines } from './log-lines.ts';
import { spanRedaction } from './redaction.ts';
import { tailSampling } from './tail-sampling.ts';

const about = `OpenTelemetry Collector 0.159, contrib distribution: smaller ones lack components that are used here.
 otelcol-contrib validate --config=otel-collector.yaml

Spans and log lines come in, people are taken out of them, spans become series, whole traces are sampled, and what is left goes to Tempo and Loki through queues on disk. Series of the gateway are not taken in: Prometheus scrapes them, and observing them twice would double every rate. Where no Prometheus can scrape, a prometheus receiver with deploy/targets.json may do it instead, not as well.

With more than one collector, all spans of a trace must reach the same one: put collectors with the load_balancing exporter before them.

Environment, with what holds without it:
${Object.values(collectorVariables)
  .map(({ name, preset, meaning }) => ` ${`${name}=${preset}`.padEnd(50)} ${meaning}`)
  .join('\n')}`;

/** The configuration of the OpenTelemetry collector. */
export function otelCollector(definition: Definition): GeneratedFile {
  return yamlFile('otel-collector.yaml', {
    about,
    content: {
      extensions: { health_check: listen('health'), file_storage: fileStorage() },
      receivers: {
        otlp: { protocols: { grpc: listen('otlpGrpc'), http: listen('otlpHttp') } },
        fluent_forward: noted(
          'The JSON lines of the gateway, from the logging driver of its container.',
          listen('fluentForward'),
        ),
      },
      processors: processors(definition),
      connectors: connectors(definition),
      exporters: exporters(),
      service: {
        extensions: ['health_check', 'file_storage'],
        pipelines: pipelines(),
        telemetry: noted('Who watches the watcher: Prometheus scrapes it.', ownTelemetry()),
      },
    },
  });
}

function processors(definition: Definition): Yaml {
  return {
    memory_limiter: noted(
      `Refuses data before the memory is full, from 80 % of the limit on (what spike_limit_mib leaves); senders then try again. The Go runtime has to know as well: run the collector with GOMEMLIMIT=${collectorMemory.go}MiB, 80 % of the limit.`,
      { check_interval: '1s', limit_mib: setting('memory') },
    ),
    ...spanRedaction(),
    tail_sampling: tailSampling(definition.works),
    'transform/series': noted(
      'Instances count together, so the series must not name one of them.',
      {
        error_mode: 'ignore',
        metric_statements: [
          'keep_keys(resource.attributes, ["service.name", "service.namespace", "deployment.environment.name"])',
        ],
      },
    ),
    'transform/lines': logLines(definition),
  };
}

function pipelines(): Yaml {
  return {
    'traces/in': {
      receivers: ['otlp'],
      processors: ['memory_limiter', 'filter/probes', 'transform/names', 'redaction/people'],
      exporters: ['span_metrics', 'service_graph', 'forward'],
    },
    'traces/sampled': noted('After the connectors: series count all traces, not those kept.', {
      receivers: ['forward'],
      processors: ['tail_sampling'],
      exporters: ['otlp_grpc/tempo'],
    }),
    'metrics/spans': {
      receivers: ['span_metrics', 'service_graph'],
      processors: ['transform/series'],
      exporters: ['prometheus/spans'],
    },
    logs: {
      receivers: ['fluent_forward'],
      processors: ['memory_limiter', 'transform/lines'],
      exporters: ['otlp_http/loki'],
    },
  };
}

function ownTelemetry(): Bare {
  const prometheus = { host: setting('host'), port: collectorPorts.own };
  return {
    logs: { encoding: 'json' },
    metrics: { level: 'normal', readers: [{ pull: { exporter: { prometheus } } }] },
  };
}
