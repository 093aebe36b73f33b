import type { ForeignSample, ForeignSamples } from './foreign-metric.ts';
import { canonicalNumber, escapeHelp, escapeLabel, sampleValue } from './sample-text.ts';

/**
 * The lines of a metric of prom-client. Counters end in `_total` in both formats, whatever prom-client did to their names
 * before.
 */
export function* foreignLines(metric: ForeignSamples, openMetrics: boolean): Generator<string> {
  const counter = metric.type === 'counter';
  const family = counter ? metric.name.replace(/_total$/, '') : metric.name;
  const sampleName = counter ? `${family}_total` : family;
  const header = counter && !openMetrics ? sampleName : family;
  yield `# HELP ${header} ${escapeHelp(metric.help, openMetrics)}\n# TYPE ${header} ${metric.type}\n`;
  for (const sample of metric.values ?? []) {
    const name = counter ? sampleName : (sample.metricName ?? family);
    const { exemplar } = sample;
    const mark = openMetrics && exemplar ? exemplarText(exemplar) : '';
    yield `${name}${labelText(sample.labels)} ${sampleValue(sample.value)}${mark}\n`;
  }
}

function exemplarText({ labelSet, value, timestamp }: NonNullable<ForeignSample['exemplar']>) {
  // OpenMetrics knows exemplars on buckets and counters only; an empty label set reads as `{}`.
  return ` # ${labelText(labelSet) || '{}'} ${sampleValue(value)} ${timestamp}`;
}

function labelText(labels: Readonly<Record<string, string | number>> = {}): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    const bound = name === 'le' || name === 'quantile';
    const text = bound && typeof value === 'number' ? canonicalNumber(value) : String(value);
    return `${name}="${escapeLabel(text)}"`;
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
