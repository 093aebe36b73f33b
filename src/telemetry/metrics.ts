import { accessMetrics } from './access-metrics.ts';
import { admissionMetrics } from './admission-metrics.ts';
import { anomalyMetrics } from './anomaly-metrics.ts';
import { effectMetrics } from './effect-metrics.ts';
import { exportMetrics } from './export-metrics.ts';
import { featureStoreMetrics } from './feature-store-metrics.ts';
import { generationMetrics } from './generation-metrics.ts';
import { graphMetrics } from './graph-metrics.ts';
import { keptMetrics } from './kept-metrics.ts';
import type { MetricRow } from './metric-row.ts';
import { operationMetrics } from './operation-metrics.ts';
import { servingMetrics } from './serving-metrics.ts';
import { signalMetrics } from './signal-metrics.ts';
import { trainingMetrics } from './training-metrics.ts';

/**
 * The one table of series. A name gets the prefix `sightline_` when it is exposed, unless `unprefixed`.
 * Label names, panels, alerts and documents all follow from here.
 */
export const metricTable = {
  ...servingMetrics,
  ...signalMetrics,
  ...anomalyMetrics,
  ...operationMetrics,
  ...accessMetrics,
  ...admissionMetrics,
  ...generationMetrics,
  ...trainingMetrics,
  ...graphMetrics,
  ...effectMetrics,
  ...keptMetrics,
  ...featureStoreMetrics,
  ...exportMetrics,
} as const;

/** The name of a series in the table. */
export type MetricName = keyof typeof metricTable;

type NamesOfType<Type extends MetricRow['type']> = {
  [Name in MetricName]: (typeof metricTable)[Name]['type'] extends Type ? Name : never;
}[MetricName];

export type CounterName = NamesOfType<'counter'>;
export type GaugeName = NamesOfType<'gauge'>;
export type HistogramName = NamesOfType<'histogram'>;

/** The label names of a series. */
export type LabelName<Name extends MetricName> = (typeof metricTable)[Name]['labels'][number];

/** The name a scraper sees. */
export function exposedName(name: MetricName): string {
  const row: MetricRow = metricTable[name];
  return row.unprefixed ? name : `sightline_${name}`;
}
