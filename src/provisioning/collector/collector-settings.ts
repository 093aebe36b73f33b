/** Ports that the collector listens on. */
export const collectorPorts = {
  otlpGrpc: 4317,
  otlpHttp: 4318,
  fluentForward: 24224,
  health: 13133,
  /** Series about the collector. */
  own: 8888,
  /** Series made of spans. */
  spans: 8889,
} as const;

/** Memory of the collector in MiB: what it may have in all, where it refuses data, and what its Go runtime aims at. */
export const collectorMemory = { total: 1024, limit: 800, go: 640 } as const;

/** Environment variables of the collector's file. What holds without them keeps to the machine that it runs on. */
export const collectorVariables = {
  host: {
    name: 'SIGHTLINE_COLLECTOR_HOST',
    preset: '127.0.0.1',
    meaning: 'address to listen on',
  },
  folder: {
    name: 'SIGHTLINE_COLLECTOR_FOLDER',
    preset: '/var/lib/otelcol',
    meaning: 'for the queues',
  },
  memory: {
    name: 'SIGHTLINE_COLLECTOR_MEMORY_MIB',
    preset: String(collectorMemory.limit),
    meaning: 'from here on data is refused',
  },
  tempo: {
    name: 'SIGHTLINE_TEMPO_ENDPOINT',
    preset: '127.0.0.1:14317',
    meaning: 'OTLP over gRPC of Tempo',
  },
  tempoInsecure: {
    name: 'SIGHTLINE_TEMPO_INSECURE',
    preset: 'true',
    meaning: 'false: TLS',
  },
  loki: {
    name: 'SIGHTLINE_LOKI_ENDPOINT',
    preset: 'http://127.0.0.1:3100/otlp',
    meaning: 'OTLP over HTTP of Loki',
  },
} as const;

/**
 * A setting as the collector replaces it.
 *
 * @example setting('host') // '${env:SIGHTLINE_COLLECTOR_HOST:-127.0.0.1}'
 */
export function setting(key: keyof typeof collectorVariables): string {
  const { name, preset } = collectorVariables[key];
  return `\${env:${name}:-${preset}}`;
}

/** The address of one of the ports. */
export function listen(port: keyof typeof collectorPorts): { readonly endpoint: string } {
  return { endpoint: `${setting('host')}:${collectorPorts[port]}` };
}
