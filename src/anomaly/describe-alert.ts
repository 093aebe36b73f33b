import type { Alert } from '../domain/alert.ts';
import type { Anomaly, AnomalyCause } from '../domain/anomaly.ts';

/** Pages that alerts point to; see `anomaly.links` of the configuration. */
export interface AlertLinks {
  readonly dashboard?: string | undefined;
  readonly runbook?: string | undefined;
  readonly trace?: string | undefined;
}

/** What an alert is made with. */
export interface AlertFrame {
  readonly links: AlertLinks;
  /** Where this anomaly can be read: the control port. */
  readonly url: string;
}

/** Measures whose anomalies mean that people get no or broken answers. */
const critical: ReadonlySet<string> = new Set(['requests', 'errors', 'empty']);
/** Minutes shown before the change by the dashboard that an alert points to. */
const marginMs = 15 * 60_000;

/** The alert of an anomaly that fires or has fired. */
export function alertOf(anomaly: Anomaly, { links, url }: AlertFrame): Alert {
  const { measure, direction, causeLabels } = anomaly;
  const severity = critical.has(measure) && !isRise(anomaly) ? 'critical' : 'warning';
  return {
    labels: { ...causeLabels, alertname: 'SightlineAnomaly', measure, direction, severity },
    annotations: {
      summary: summaryOf(anomaly),
      description: descriptionOf(anomaly),
      ...causeAnnotations(anomaly),
      ...linkAnnotations(anomaly, links),
    },
    startsAtMs: anomaly.startedAtMs,
    endsAtMs: anomaly.state === 'resolved' ? anomaly.resolvedAtMs : undefined,
    generatorUrl: url,
  };
}

/** More requests than usual harm nobody by themselves; more errors do. */
const isRise = ({ measure, direction }: Anomaly) => measure === 'requests' && direction === 'up';

/**
 * One line: what moved, where, and how much of it that explains.
 *
 * @example 'slow is up: segment=poland (83 % explained, 12 times as usual)'
 */
export function summaryOf({ measure, direction, causes }: Anomaly): string {
  const moved = `${measure} is ${direction}`;
  if (causes.length === 0) return `${moved}: unexplained`;
  const [first] = causes;
  const more = causes.length > 1 ? ` and ${causes.length - 1} more` : '';
  return `${moved}: ${nameOf(first)} (${percent(first.share)} explained, ${times(first)})${more}`;
}

function descriptionOf({ series, causes, isUnexplained }: Anomaly): string {
  const seen = series.slice(0, 5).map(({ name, labels, actual, expected }) => {
    const where = textOf(labels);
    return `${name}${where === '' ? '' : ` of ${where}`} is ${short(actual)}, expected about ${short(expected)}`;
  });
  const why = causes.map(
    (cause) =>
      `${nameOf(cause)}: ${short(cause.actual)} where ${short(cause.expected)} was expected, ${percent(cause.share)} of the change`,
  );
  const rest = isUnexplained ? ['less than half of the change is explained'] : [];
  return [...seen, ...why, ...rest].join('; ');
}

function causeAnnotations({ causes, explainedShare }: Anomaly): Record<string, string> {
  if (causes.length === 0) return { cause: 'unexplained' };
  return {
    cause: causes.map(nameOf).join('; '),
    explained_share: explainedShare.toFixed(2),
    lattice: causes[0].lattice,
  };
}

function linkAnnotations(
  { measure, startedAtMs, resolvedAtMs, causes, traceIds }: Anomaly,
  { dashboard, runbook, trace }: AlertLinks,
): Record<string, string> {
  const made: Record<string, string> = {};
  if (traceIds.length > 0) made.trace_ids = traceIds.join(' ');
  if (trace !== undefined && traceIds.length > 0) {
    made.trace_urls = traceIds.map((id) => `${trace}${id}`).join(' ');
  }
  if (runbook !== undefined) made.runbook_url = `${runbook}#${measure}`;
  if (dashboard !== undefined) {
    const target = new URL(dashboard);
    target.searchParams.set('from', String(Math.floor(startedAtMs - marginMs)));
    target.searchParams.set(
      'to',
      resolvedAtMs === undefined ? 'now' : String(Math.ceil(resolvedAtMs)),
    );
    for (const [label, value] of Object.entries(causes[0]?.labels ?? {})) {
      target.searchParams.set(`var-${label}`, value);
    }
    made.dashboard_url = target.href;
  }
  return made;
}

const nameOf = ({ labels }: AnomalyCause) => textOf(labels) || 'everything';

const textOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');

const percent = (share: number) => `${Math.round(100 * Math.min(1, Math.max(0, share)))} %`;

const short = (value: number) =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'unknown';

/** A multiple of next to nothing says nothing. */
const times = ({ ratio, expected }: AnomalyCause) =>
  expected < 0.5 ? 'next to none before' : `${short(ratio)} times as usual`;
