import type { MetricRow } from '../../src/telemetry/metric-row.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';

/** The caps of a metric set. */
interface Caps {
  readonly maxLabelValues: number;
  readonly maxSeries: number;
}

/**
 * Samples that all metrics of the table may take together: a label has room for its cap and `__other__`, a metric for
 * its cap and the label set that is `__other__` throughout.
 */
export function mostSamples(caps: Caps): number {
  const rows: readonly MetricRow[] = Object.values(metricTable);
  return rows.reduce((sum, row) => sum + mostOf(row, caps), 0);
}

function mostOf({ type, labels, buckets = [] }: MetricRow, { maxLabelValues, maxSeries }: Caps) {
  const labelSets = Math.min((maxLabelValues + 1) ** labels.length, maxSeries + 1);
  return labelSets * (type === 'histogram' ? buckets.length + 3 : 1);
}
