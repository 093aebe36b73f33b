import type { LabelName } from '../../telemetry/metrics.ts';
import type { Panel } from '../dashboards/dashboard.ts';
import type { Matcher } from '../queries/queries.ts';
import { share } from '../queries/share.ts';
import { latencyBounds, tolerableDegradation } from './bounds.ts';
import type { DashboardContext } from './context.ts';
import { timeseries } from './panels.ts';
import { type LinkedLabel, pointLinks, requestLinks } from './point-links.ts';
import { staysUnder } from './thresholds.ts';

type RequestLabel = LabelName<'request_duration_seconds'>;

/** Which requests panels show, and what tells their lines apart. */
export interface TrafficView {
  readonly where: Readonly<Partial<Record<RequestLabel, Matcher>>>;
  readonly by: Exclude<LinkedLabel, 'stage'>;
}

/** What of a view cannot be told apart by strategy, segment or catalogue. */
const failuresNote =
  'A request that failed has no strategy, segment or catalogue: errors are on Overview.';

/** Requests a second, a line for each value of the label. */
export function requestRate({ q }: DashboardContext, { where, by }: TrafficView): Panel {
  return timeseries({
    key: 'requests',
    title: 'Requests',
    description: `Requests a second by ${nounOf(by)}. A sudden drop is a problem of whoever asks, or of the way here; compare with Runtime.`,
    unit: 'reqps',
    min: 0,
    queries: [
      { expr: q.count('request_duration_seconds', { where, by: [by] }), legend: `{{${by}}}` },
    ],
    links: pointLinks(by),
  });
}

/** Share of all requests, a line for each value of the label, upon each other. */
export function requestShare({ q }: DashboardContext, { where, by }: TrafficView): Panel {
  const part = q.count('request_duration_seconds', { where, by: [by] });
  const whole = q.count('request_duration_seconds');
  return timeseries({
    key: 'traffic-share',
    title: 'Traffic share',
    description: `Share of all requests of the gateway by ${nounOf(by)}. Shares move slowly; a step is a release, an experiment or a caller that changed.`,
    unit: 'percentunit',
    min: 0,
    max: 1,
    isStacked: true,
    queries: [{ expr: `${part} / on () group_left () (${whole} > 0)`, legend: `{{${by}}}` }],
    links: pointLinks(by),
  });
}

/** 95th percentile of the latency, a line for each value of the label. */
export function latencyBy({ q, definition }: DashboardContext, { where, by }: TrafficView): Panel {
  return timeseries({
    key: 'latency-p95',
    title: `Latency p95 by ${nounOf(by)}`,
    description: `95 % of the requests are answered within this. Good is under the promise of the work; points with a diamond are single requests that open as traces, and Pipeline stage says which stage takes the time.`,
    unit: 's',
    min: 0,
    queries: [
      {
        expr: q.quantile(0.95, 'request_duration_seconds', { where, by: [by] }),
        legend: `{{${by}}}`,
        hasExemplars: true,
      },
    ],
    ...staysUnder(...latencyBounds(definition)),
    links: pointLinks(by),
  });
}

/** Median, 95th and 99th percentile of the latency of all requests of a view. */
export function latencyQuantiles(
  { q, definition }: DashboardContext,
  { where }: Pick<TrafficView, 'where'>,
): Panel {
  return timeseries({
    key: 'latency',
    title: 'Request latency',
    description:
      'Time from the arrival of a request to its answer. p95 should stay under the promise of the work; where only p99 rises, look at the traces of its exemplars.',
    unit: 's',
    min: 0,
    queries: ([0.5, 0.95, 0.99] as const).map((quantile) => ({
      expr: q.quantile(quantile, 'request_duration_seconds', { where }),
      legend: `p${quantile * 100}`,
      hasExemplars: true,
    })),
    ...staysUnder(...latencyBounds(definition)),
  });
}

/** Share of answers that were not what was asked for, a line for each value of the label. */
export function degradedShare({ q }: DashboardContext, { where, by }: TrafficView): Panel {
  const of = (outcome: Matcher) =>
    q.count('request_duration_seconds', { where: { ...where, outcome }, by: [by] });
  return timeseries({
    key: 'degraded',
    title: `Degraded answers by ${nounOf(by)}`,
    description:
      `Share of answers that a fallback served, that were shorter than asked for, empty or failed. Good is under ${tolerableDegradation * 100} %; the reasons are on Pipeline stage. ${by === 'work' ? '' : failuresNote}`.trim(),
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: share(of('!=ok'), q.count('request_duration_seconds', { where, by: [by] })),
        legend: `{{${by}}}`,
      },
    ],
    ...staysUnder(tolerableDegradation),
    links: pointLinks(by),
  });
}

/** Answers a second that were not what was asked for, by how they ended. */
export function outcomes({ q }: DashboardContext, { where }: Pick<TrafficView, 'where'>): Panel {
  return timeseries({
    key: 'outcomes',
    title: 'Outcomes that are not ok',
    description:
      'Answers a second that a fallback served, that were shorter than asked for (partial), empty or failed (error). Good is nothing here; Fallbacks on Overview says why.',
    unit: 'reqps',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.count('request_duration_seconds', {
          where: { ...where, outcome: '!=ok' },
          by: ['outcome'],
        }),
        legend: '{{outcome}}',
      },
    ],
    mayBeEmpty: 'while every answer is what was asked for',
    links: requestLinks('outcome'),
  });
}

/** Degradations a second that changed what was served, by stage and reason. */
export function fallbacks(
  { q }: DashboardContext,
  where: Readonly<Partial<Record<'work' | 'stage', Matcher>>>,
): Panel {
  return timeseries({
    key: 'fallbacks',
    title: 'Fallbacks',
    description:
      'Degradations a second that changed what was served, by stage and reason. Good is nothing; timeout is time, dependency a store, model a model, candidates too few to choose from. Traces of a point show the request.',
    unit: 'ops',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.rate('fallback_total', { where, by: ['stage', 'reason'] }),
        legend: '{{stage}} {{reason}}',
        hasExemplars: true,
      },
    ],
    mayBeEmpty: 'while nothing had to be replaced',
    links: pointLinks('stage'),
  });
}

const nounOf = (by: TrafficView['by']) => (by === 'catalog' ? 'catalogue' : by);
