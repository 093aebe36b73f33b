import type { GeneratedFile } from '../generated-file.ts';
import { noted, yamlFile } from '../yaml-file.ts';

/** How long traces and log lines are kept. */
const retention = '168h';

/** Variables of both files; without them the servers keep to the machine they run on. */
export const storeVariables = {
  tempoHost: 'SIGHTLINE_TEMPO_HOST',
  tempoPort: 'SIGHTLINE_TEMPO_OTLP_PORT',
  lokiHost: 'SIGHTLINE_LOKI_HOST',
} as const;

const loopback = (name: keyof typeof storeVariables) => `\${${storeVariables[name]}:-127.0.0.1}`;

/** The configuration of Tempo, as one process with a local disk. */
export function tempoConfig(): GeneratedFile {
  return yamlFile('deploy/tempo.yaml', {
    about: `Tempo 3.0: one process, traces on the local disk for seven days.
 tempo -config.file=deploy/tempo.yaml -config.expand-env=true`,
    content: {
      server: {
        http_listen_address: loopback('tempoHost'),
        http_listen_port: 3200,
        grpc_listen_address: '127.0.0.1',
        grpc_listen_port: 9095,
      },
      distributor: {
        receivers: {
          otlp: {
            protocols: {
              grpc: noted('Not 4317: on one machine that is where the collector listens.', {
                endpoint: `${loopback('tempoHost')}:\${${storeVariables.tempoPort}:-14317}`,
              }),
            },
          },
        },
      },
      backend_worker: { compaction: { block_retention: retention } },
      storage: {
        trace: {
          backend: 'local',
          wal: { path: '/var/tempo/wal' },
          local: { path: '/var/tempo/blocks' },
        },
      },
      usage_report: { reporting_enabled: false },
    },
  });
}

/** The configuration of Loki, as one process with a local disk. */
export function lokiConfig(): GeneratedFile {
  return yamlFile('deploy/loki.yaml', {
    about: `Loki 3.7: one process, log lines on the local disk for seven days.
 loki -config.file=deploy/loki.yaml -config.expand-env=true`,
    content: {
      auth_enabled: noted('One tenant. Whoever reaches the port reads the log.', false),
      server: {
        http_listen_address: loopback('lokiHost'),
        http_listen_port: 3100,
        grpc_listen_address: '127.0.0.1',
        grpc_listen_port: 9096,
      },
      common: {
        instance_addr: '127.0.0.1',
        path_prefix: '/loki',
        replication_factor: 1,
        ring: { kvstore: { store: 'inmemory' } },
        storage: {
          filesystem: { chunks_directory: '/loki/chunks', rules_directory: '/loki/rules' },
        },
      },
      schema_config: {
        configs: [
          {
            from: '2024-01-01',
            store: 'tsdb',
            object_store: 'filesystem',
            schema: 'v13',
            index: { prefix: 'index_', period: '24h' },
          },
        ],
      },
      limits_config: { retention_period: retention, volume_enabled: true },
      compactor: {
        working_directory: '/loki/compactor',
        retention_enabled: true,
        delete_request_store: 'filesystem',
      },
      analytics: { reporting_enabled: false },
    },
  });
}
