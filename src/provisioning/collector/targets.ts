import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { collectorPorts } from './collector-settings.ts';

/** Where the programs that watch a gateway find each other. */
export interface Place {
  /** `host:port` of the control ports. */
  readonly nodes: readonly string[];
  /** Hosts. */
  readonly collector: string;
  readonly alertmanager: string;
  readonly prometheus: string;
}

/** Names of the jobs beside the gateway's. */
export const jobs = {
  collector: 'otel-collector',
  spans: 'span-metrics',
  alertmanager: 'alertmanager',
  prometheus: 'prometheus',
} as const;

/** Everything on one machine. */
export function onHost({ nodes }: Definition): Place {
  const host = '127.0.0.1';
  return { nodes, collector: host, alertmanager: host, prometheus: host };
}

/** Names of the services in `compose.yaml`. */
export const inCompose: Place = {
  nodes: ['sightline:8081'],
  collector: 'otel-collector',
  alertmanager: 'alertmanager',
  // Prometheus itself, seen from inside of its own container.
  prometheus: '127.0.0.1',
};

/**
 * What Prometheus scrapes and tells, as a file of its service discovery (`file_sd`): a group for each job, first the
 * gateway's. Prometheus reads it again when it changes.
 *
 * @example targets(definition, 'deploy/targets.json', onHost(definition)).text // '[{"targets": …'
 */
export function targets(
  { service, environment }: Definition,
  path: string,
  { nodes, collector, alertmanager, prometheus }: Place,
): GeneratedFile {
  const group = (job: string, addresses: readonly string[]) => ({
    targets: addresses,
    labels: { job, ...(environment !== undefined && { environment }) },
  });
  const groups = [
    group(service, nodes),
    group(jobs.collector, [`${collector}:${collectorPorts.own}`]),
    group(jobs.spans, [`${collector}:${collectorPorts.spans}`]),
    group(jobs.alertmanager, [`${alertmanager}:9093`]),
    group(jobs.prometheus, [`${prometheus}:9090`]),
  ];
  return { path, text: `${JSON.stringify(groups, null, 2)}\n` };
}
