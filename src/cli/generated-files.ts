import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { define } from '../defining.ts';
import { SightlineError } from '../domain/errors.ts';
import type { GeneratedFile } from '../provisioning/generated-file.ts';
import type { MetricDefinition } from '../provisioning/source/metric-definition.ts';
import { metricsPage } from '../telemetry/metrics-page.ts';
import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';

/** What can be asked for alone, and how the paths of its files begin. */
export const generatedKinds: Readonly<Record<string, readonly string[]>> = {
  documents: ['docs/'],
  dashboards: ['dashboards/', 'deploy/grafana/'],
  alerts: ['alerts/'],
  deploy: ['deploy/', 'otel-collector.yaml', 'compose.yaml'],
};

/**
 * Every file that is made from code and a configuration; `folder` is where the file of a plugin's series is looked
 * for. Throws `SL_CONFIG_INVALID` for a metrics file with mistakes.
 */
export async function generatedFiles(config: Config, folder: string): Promise<GeneratedFile[]> {
  // Loaded only here: it brings all of Grafana's builders.
  const { provision } = await import('../provisioning/index.ts');
  return [
    { path: 'docs/configuration.md', text: configurationPage() },
    { path: 'docs/errors.md', text: errorsPage() },
    { path: 'docs/metrics.md', text: metricsPage() },
    ...provision(define(config, await readOwnMetrics(config, folder))),
  ];
}

/** The series of plugins that a configuration names; none where it names no file. */
export async function readOwnMetrics(
  { provisioning: { metrics } }: Config,
  folder: string,
): Promise<MetricDefinition[]> {
  if (metrics === undefined) return [];
  const file = resolve(folder, metrics);
  if (!existsSync(file)) {
    throw new SightlineError(
      'SL_CONFIG_INVALID',
      `${metrics} does not exist, expected a metrics file`,
      {
        path: 'provisioning.metrics',
      },
    );
  }
  const { parseOwnMetrics } = await import('../provisioning/source/own-metrics.ts');
  return parseOwnMetrics(readFileSync(file, 'utf8'));
}
