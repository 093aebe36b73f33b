import { collectorFiles } from './collector/collector-files.ts';
import { annotationsOf } from './dashboards/annotations.ts';
import { dashboardsOf } from './dashboards/index.ts';
import type { GeneratedFile } from './generated-file.ts';
import { grafanaFiles } from './grafana/grafana-files.ts';
import { ruleFiles } from './rules/rule-files.ts';
import type { Definition } from './source/definition.ts';

/**
 * Everything that an operator loads: dashboards, rules with their tests and runbook, the collector, Prometheus,
 * Alertmanager and Grafana. The same definition gives the same bytes. Throws when a panel, a link or an alert names
 * what is not there.
 */
export function provision(definition: Definition): GeneratedFile[] {
  const dashboards = dashboardsOf(definition);
  return [
    ...grafanaFiles(definition, dashboards, annotationsOf(definition)),
    ...ruleFiles(definition, dashboards),
    ...collectorFiles(definition),
  ];
}
