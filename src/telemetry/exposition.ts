import type { Registry } from 'prom-client';
import { Family } from './series/family.ts';
import { canonicalNumber, escapeHelp, escapeLabel, sampleValue } from './series/sample-text.ts';
import type { Series } from './series/series.ts';

/** A rendered exposition. */
export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

const contentTypes = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openMetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;

/** What `get()` of a metric of prom-client answers. */
interface ForeignMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values?: readonly ForeignSample[];
}

interface ForeignSample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string | number>>;
    readonly value: number;
    /** Epoch seconds. */
    readonly timestamp: number;
  } | null;
}

/**
 * Renders every metric of a registry in the format that the scraper's `Accept` header prefers:
 * OpenMetrics 1.0.0 with exemplars, or text 0.0.4, which is also the answer to anything else.
 *
 * Counters end in `_total` in both formats, whatever prom-client did to their names before, so the order
 * of scrapes changes nothing. A metric whose `get` fails is left out.
 *
 * @example
 * const { contentType } = await expose(registry, 'application/openmetrics-text;version=1.0.0');
 * // 'application/openmetrics-text; version=1.0.0; charset=utf-8'
 */
export async function expose(
  registry: Pick<Registry, 'getMetricsAsArray'>,
  accept?: string,
): Promise<Exposition> {
  const openMetrics = prefersOpenMetrics(accept);
  const metrics = registry.getMetricsAsArray() as unknown as { get(): Promise<ForeignMetric> }[];
  const parts = await Promise.all(
    metrics.map(async (metric) => {
      if (metric instanceof Family) return (metric as Family<Series>).write(openMetrics);
      const values = await metric.get().catch(() => undefined);
      return values === undefined ? '' : foreignText(values, openMetrics);
    }),
  );
  if (openMetrics) parts.push('# EOF\n');
  return {
    contentType: openMetrics ? contentTypes.openMetrics : contentTypes.text,
    body: parts.join(''),
  };
}

/** Whether an `Accept` header ranks OpenMetrics 1.0.0 at least as high as plain text. */
export function prefersOpenMetrics(accept = ''): boolean {
  let openMetrics = 0;
  let text = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const version = parameterOf(parameters, 'version');
    const weight = weightOf(parameterOf(parameters, 'q'));
    if (type === 'application/openmetrics-text' && (version ?? '1.0.0') === '1.0.0') {
      openMetrics = Math.max(openMetrics, weight);
    } else if (textRanges.has(type) && (version ?? '0.0.4') === '0.0.4') {
      text = Math.max(text, weight);
    }
  }
  return openMetrics > 0 && openMetrics >= text;
}

const textRanges = new Set(['text/plain', 'text/*', '*/*']);

function parameterOf(parameters: readonly string[], name: string): string | undefined {
  const found = parameters.find((parameter) => parameter.startsWith(`${name}=`));
  return found?.slice(name.length + 1).replaceAll('"', '');
}

function weightOf(text = '1'): number {
  const weight = Number(text);
  return weight >= 0 && weight <= 1 ? weight : 0;
}

function foreignText(metric: ForeignMetric, openMetrics: boolean): string {
  const counter = metric.type === 'counter';
  const family = counter ? metric.name.replace(/_total$/, '') : metric.name;
  const sampleName = counter ? `${family}_total` : family;
  const header = counter && !openMetrics ? sampleName : family;
  let text = `# HELP ${header} ${escapeHelp(metric.help, openMetrics)}\n# TYPE ${header} ${metric.type}\n`;
  for (const sample of metric.values ?? []) {
    const name = counter ? sampleName : (sample.metricName ?? family);
    text += `${name}${labelText(sample.labels)} ${sampleValue(sample.value)}`;
    const { exemplar } = sample;
    // OpenMetrics knows exemplars on buckets and counters only; an empty label set reads as `{}`.
    if (openMetrics && exemplar) {
      const labels = labelText(exemplar.labelSet) || '{}';
      text += ` # ${labels} ${sampleValue(exemplar.value)} ${exemplar.timestamp}`;
    }
    text += '\n';
  }
  return text;
}

function labelText(labels: Readonly<Record<string, string | number>> = {}): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    const bound = name === 'le' || name === 'quantile';
    const text = bound && typeof value === 'number' ? canonicalNumber(value) : String(value);
    return `${name}="${escapeLabel(text)}"`;
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
