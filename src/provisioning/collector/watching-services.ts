import { addressVariables } from '../grafana/provisioned-data-sources.ts';
import type { Definition } from '../source/definition.ts';
import { noted, type Yaml } from '../yaml-file.ts';
import { tokenFiles } from './alertmanager-config.ts';
import { collectorMemory, collectorPorts, collectorVariables } from './collector-settings.ts';
import { container, healthcheck, literal, published, required } from './container.ts';
import { images } from './images.ts';
import { retentionDays } from './prometheus-config.ts';
import { storeVariables } from './trace-and-log-stores.ts';

/** The servers that watch the gateway, as services of compose. */
export function watchingServices(definition: Definition): { readonly [name: string]: Yaml } {
  return {
    prometheus: prometheus(definition),
    alertmanager: alertmanager(),
    'queue-folder': queueFolder(),
    'otel-collector': collector(),
    tempo: tempo(),
    loki: loki(),
    grafana: grafana(definition),
  };
}

function prometheus(definition: Definition): Yaml {
  return {
    image: images.prometheus,
    ...container({ memoryMib: 1024, cpus: 1 }),
    command: [
      '--config.file=/etc/prometheus/deploy/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      `--storage.tsdb.retention.time=${retentionDays(definition)}d`,
      '--enable-feature=exemplar-storage',
      '--web.external-url=http://127.0.0.1:9090',
    ],
    ports: [published(9090)],
    volumes: [
      './deploy/prometheus.yml:/etc/prometheus/deploy/prometheus.yml:ro',
      './deploy/compose-targets.json:/etc/prometheus/deploy/targets.json:ro',
      './alerts:/etc/prometheus/alerts:ro',
      'prometheus:/prometheus',
    ],
    healthcheck: healthcheck('promtool', 'check', 'ready', '--url=http://127.0.0.1:9090'),
  };
}

function alertmanager(): Yaml {
  return {
    image: images.alertmanager,
    ...container({ memoryMib: 128, cpus: 0.5 }),
    read_only: noted('Compose copies a secret from the environment into the root.', false),
    command: [
      '--config.file=/etc/alertmanager/alertmanager.yml',
      '--storage.path=/alertmanager',
      '--cluster.listen-address=',
      '--web.external-url=http://127.0.0.1:9093',
    ],
    ports: [published(9093)],
    volumes: [
      './deploy/compose-alertmanager.yml:/etc/alertmanager/alertmanager.yml:ro',
      'alertmanager:/alertmanager',
    ],
    secrets: [{ source: 'control-token', target: tokenFiles.compose }],
    healthcheck: healthcheck(
      'amtool',
      '--alertmanager.url=http://127.0.0.1:9093',
      'config',
      'show',
    ),
  };
}

/** The collector's image has no folder of its own, so a new volume belongs to root. */
function queueFolder(): Yaml {
  return {
    image: images.busybox,
    ...container({ memoryMib: 16, cpus: 0.1 }),
    restart: 'no',
    network_mode: 'none',
    cap_add: ['CHOWN'],
    command: ['chown', '10001:10001', '/var/lib/otelcol'],
    volumes: ['collector:/var/lib/otelcol'],
  };
}

function collector(): Yaml {
  return {
    image: images.collector,
    ...container({ memoryMib: collectorMemory.total, cpus: 1 }),
    command: ['--config=/etc/otelcol-contrib/config.yaml'],
    depends_on: { 'queue-folder': { condition: 'service_completed_successfully' } },
    environment: {
      GOMEMLIMIT: `${collectorMemory.go}MiB`,
      [collectorVariables.host.name]: '0.0.0.0',
      [collectorVariables.tempo.name]: 'tempo:4317',
      [collectorVariables.loki.name]: 'http://loki:3100/otlp',
    },
    ports: noted(
      'Spans of other programs on this machine, and log lines, which the Docker daemon sends.',
      [
        published(collectorPorts.otlpGrpc),
        published(collectorPorts.otlpHttp),
        published(collectorPorts.fluentForward),
      ],
    ),
    volumes: noted(
      'Its image has nothing that could ask for its health: look at up{job="otel-collector"}.',
      ['./otel-collector.yaml:/etc/otelcol-contrib/config.yaml:ro', 'collector:/var/lib/otelcol'],
    ),
  };
}

function tempo(): Yaml {
  return {
    image: images.tempo,
    ...container({ memoryMib: 1024, cpus: 1 }),
    command: ['-config.file=/etc/tempo.yaml', '-config.expand-env=true'],
    environment: { [storeVariables.tempoHost]: '0.0.0.0', [storeVariables.tempoPort]: '4317' },
    volumes: ['./deploy/tempo.yaml:/etc/tempo.yaml:ro', 'tempo:/var/tempo'],
    healthcheck: healthcheck('/tempo', '-health'),
  };
}

function loki(): Yaml {
  return {
    image: images.loki,
    ...container({ memoryMib: 512, cpus: 1 }),
    command: ['-config.file=/etc/loki/loki.yaml', '-config.expand-env=true'],
    environment: { [storeVariables.lokiHost]: '0.0.0.0' },
    volumes: ['./deploy/loki.yaml:/etc/loki/loki.yaml:ro', 'loki:/loki'],
    healthcheck: healthcheck('/usr/bin/loki', '-health'),
  };
}

function grafana({ grafanaUrl }: Definition): Yaml {
  return {
    image: images.grafana,
    ...container({ memoryMib: 512, cpus: 1 }),
    environment: {
      [addressVariables.prometheus]: 'http://prometheus:9090',
      [addressVariables.tempo]: 'http://tempo:3200',
      [addressVariables.loki]: 'http://loki:3100',
      GF_SERVER_ROOT_URL: literal(grafanaUrl),
      GF_SECURITY_ADMIN_PASSWORD: required('SIGHTLINE_GRAFANA_PASSWORD'),
      GF_AUTH_ANONYMOUS_ENABLED: noted(
        'Whoever reaches the port, which is this machine, may look. To follow a point into its trace, log in as admin: Explore is not for viewers.',
        'true',
      ),
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    },
    ports: [published(3000)],
    volumes: [
      './deploy/grafana/provisioning:/etc/grafana/provisioning:ro',
      './dashboards:/var/lib/grafana/dashboards:ro',
      'grafana:/var/lib/grafana',
    ],
    healthcheck: healthcheck('curl', '-fsS', 'http://127.0.0.1:3000/api/health'),
  };
}
