import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { alertmanagerConfig, tokenFiles } from './alertmanager-config.ts';
import { compose } from './compose.ts';
import { otelCollector } from './otel-collector.ts';
import { prometheusConfig } from './prometheus-config.ts';
import { inCompose, onHost, targets } from './targets.ts';
import { lokiConfig, tempoConfig } from './trace-and-log-stores.ts';

/**
 * Everything that collects, keeps and routes what a gateway tells: collector, Prometheus, Alertmanager, Tempo, Loki,
 * and the stack that starts them together.
 */
export function collectorFiles(definition: Definition): GeneratedFile[] {
  return [
    otelCollector(definition),
    compose(definition),
    prometheusConfig(definition),
    targets(definition, 'deploy/targets.json', onHost(definition)),
    targets(definition, 'deploy/compose-targets.json', inCompose),
    alertmanagerConfig('deploy/alertmanager.yml', {
      nodes: definition.nodes,
      tokenFile: tokenFiles.host,
    }),
    alertmanagerConfig('deploy/compose-alertmanager.yml', {
      nodes: inCompose.nodes,
      tokenFile: tokenFiles.compose,
    }),
    tempoConfig(),
    lokiConfig(),
  ];
}
