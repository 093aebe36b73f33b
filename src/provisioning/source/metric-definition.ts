import type { MetricRow } from '../../telemetry/metric-row.ts';
import { exposedName, type MetricName, metricTable } from '../../telemetry/metrics.ts';

/** One series as a scraper sees it, whoever makes it. */
export interface MetricDefinition {
  /** The exposed name: `sightline_fallback_total`. */
  readonly name: string;
  readonly type: MetricRow['type'];
  readonly unit: MetricRow['unit'];
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, ascending, without infinity; histograms only. */
  readonly buckets?: readonly number[] | undefined;
  /** The fact or the plugin that feeds it. */
  readonly owner: string;
  /** Title of the panel that shows it. */
  readonly panel: string;
}

/**
 * The table of series in the form that a scraper sees.
 *
 * @example tableMetrics()[0].name // 'sightline_request_duration_seconds'
 */
export function tableMetrics(): MetricDefinition[] {
  return (Object.entries(metricTable) as [MetricName, MetricRow][]).map(([name, row]) => {
    const { type, unit, help, labels, buckets, owner, panel } = row;
    return { name: exposedName(name), type, unit, help, labels, buckets, owner, panel };
  });
}
