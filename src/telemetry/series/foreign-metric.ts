import { canonicalNumber, escapeHelp, escapeLabel, sampleValue } from './sample-text.ts';

/** A metric that was made with prom-client. */
export interface ForeignMetric {
  readonly name: string;
  get(): Promise<ForeignSamples>;
}

/** What it answers. */
interface ForeignSamples {
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

/** Why a metric is not in an exposition. */
export type Unread = 'failed' | 'late';

/**
 * Makes the reader of metrics of prom-client; it answers their lines. One that fails, or has not answered after
 * `limitMs`, has none and is told to `onUnread`. It is not asked again before its last answer has come: one that hangs
 * costs one wait.
 */
export function createForeignReader({
  limitMs,
  onUnread,
}: {
  readonly limitMs: number;
  readonly onUnread: (metric: string, reason: Unread) => void;
}): (metric: ForeignMetric, openMetrics: boolean) => Promise<readonly string[]> {
  const asked = new Set<ForeignMetric>();
  const ask = async (metric: ForeignMetric, openMetrics: boolean) => {
    asked.add(metric);
    try {
      return [...foreignLines(await metric.get(), openMetrics)];
    } catch {
      return 'failed';
    } finally {
      asked.delete(metric);
    }
  };
  return async (metric, openMetrics) => {
    const hangs = asked.has(metric);
    const lines = hangs ? 'late' : await inTime(ask(metric, openMetrics), limitMs);
    if (typeof lines === 'object') return lines;
    onUnread(metric.name, lines);
    return [];
  };
}

function inTime<T>(answer: Promise<T>, limitMs: number): Promise<T | 'late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs, 'late');
    void answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Counters end in `_total` in both formats, whatever prom-client did to their names before. */
function* foreignLines(metric: ForeignSamples, openMetrics: boolean): Generator<string> {
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
