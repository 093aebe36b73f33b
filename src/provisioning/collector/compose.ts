import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { noted, type Yaml, yamlFile } from '../yaml-file.ts';
import { collectorPorts } from './collector-settings.ts';
import { container, healthcheck, published, required } from './container.ts';
import { images } from './images.ts';
import { watchingServices } from './watching-services.ts';

const about = `The gateway and everything that watches it, on one machine. Docker Engine 23 or later with Compose 2.23 or later.

 printf 'SIGHTLINE_CONTROL_TOKEN=%s\\nSIGHTLINE_GRAFANA_PASSWORD=%s\\n' \\
   "$(openssl rand -hex 32)" "$(openssl rand -hex 16)" > .env && chmod 600 .env
 docker compose up -d --build

 http://127.0.0.1:8080   recommendations        http://127.0.0.1:9090   Prometheus
 http://127.0.0.1:8081   control port           http://127.0.0.1:9093   Alertmanager
 http://127.0.0.1:3000   Grafana

Every port is published on loopback only.`;

/** Volumes are called after what is in them. */
const volumes = [
  'sightline',
  'redis',
  'prometheus',
  'alertmanager',
  'collector',
  'tempo',
  'loki',
  'grafana',
];

/** The whole stack for one machine, as `compose.yaml`. */
export function compose(definition: Definition): GeneratedFile {
  return yamlFile('compose.yaml', {
    about,
    content: {
      name: 'sightline',
      services: { sightline: gateway(definition), redis: redis(), ...watchingServices(definition) },
      secrets: { 'control-token': { environment: 'SIGHTLINE_CONTROL_TOKEN' } },
      volumes: Object.fromEntries(volumes.map((name) => [name, {}])),
    },
  });
}

function gateway({ environment, keyVariables }: Definition): Yaml {
  return {
    build: '.',
    ...container({ memoryMib: 1024, cpus: 2 }),
    init: true,
    stop_grace_period: noted('Longer than http.drainMs, which lets requests in flight end.', '30s'),
    environment: {
      SIGHTLINE_CONTROL_TOKEN: required('SIGHTLINE_CONTROL_TOKEN'),
      SIGHTLINE_QUERY_PORT: '8080',
      SIGHTLINE_CONTROL_PORT: '8081',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://otel-collector:${collectorPorts.otlpHttp}`,
      OTEL_RESOURCE_ATTRIBUTES:
        environment === undefined ? undefined : `deployment.environment.name=${environment}`,
      ...Object.fromEntries(keyVariables.map((name) => [name, requiredKey(name)])),
    },
    ports: [published(8080), published(8081)],
    volumes: ['./sightline.yaml:/app/sightline.yaml:ro', 'sightline:/app/var'],
    logging: noted(
      'The daemon holds lines back while the collector is not there yet, so neither waits for the other. `docker compose logs` works all the same.',
      {
        driver: 'fluentd',
        options: {
          'fluentd-address': `127.0.0.1:${collectorPorts.fluentForward}`,
          'fluentd-async': 'true',
          'fluentd-sub-second-precision': 'true',
          tag: 'sightline',
        },
      },
    ),
  };
}

/** The key of a caller; without it the gateway would not start either. */
const requiredKey = (variable: string) =>
  `\${${variable}:?is not set, a key of access.keys in sightline.yaml}`;

function redis(): Yaml {
  return {
    image: images.redis,
    profiles: noted('For stores in Redis: docker compose --profile redis up -d', ['redis']),
    ...container({ memoryMib: 256, cpus: 0.5 }),
    user: 'redis',
    command: ['redis-server', '--appendonly', 'yes', '--maxmemory', '192mb'],
    volumes: ['redis:/data'],
    healthcheck: healthcheck('redis-cli', 'ping'),
  };
}
