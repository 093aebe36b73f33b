import type { Panel, PanelLink, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { heatmap, timeseries } from '../panels/panels.ts';
import { pointLabel } from '../panels/point-links.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { share } from '../queries/share.ts';

const requests = 'http_server_request_duration_seconds';
const byRoute = { by: ['http_route'] } as const;
const nobodyAsks = 'while nobody asks';

const route = pointLabel('http_route');
const links: readonly PanelLink[] = [
  { title: 'Traces', to: 'traces', set: { 'http.route': route } },
  { title: 'Logs', to: 'logs', set: { route } },
];

/** Rate, errors and duration of both listeners. */
export function doors(context: DashboardContext): Row {
  return {
    title: 'Doors',
    panels: [
      ...line(answers(context), failures(context), refusals(context)),
      ...line(...latencies(context), keys(context)),
    ],
  };
}

function answers({ q }: DashboardContext): Panel {
  const by = ['http_request_method', 'http_route', 'http_response_status_code'] as const;
  return timeseries({
    key: 'http-requests',
    title: 'HTTP requests',
    description:
      'Requests a second by route and status, of both listeners. A step down is a caller that stopped; a new status is worth its traces.',
    unit: 'reqps',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.count(requests, { by }),
        legend: '{{http_request_method}} {{http_route}} {{http_response_status_code}}',
      },
    ],
    links,
    mayBeEmpty: nobodyAsks,
  });
}

function failures({ q }: DashboardContext): Panel {
  const failed = q.count(requests, {
    where: { http_response_status_code: '=~5..' },
    by: ['http_route', 'error_type'],
  });
  return timeseries({
    key: 'http-failures',
    title: 'Server errors',
    description:
      'Answers a second with a 5xx, by route and error. Good is nothing; the codes are explained in docs/errors.md.',
    unit: 'reqps',
    min: 0,
    isStacked: true,
    queries: [{ expr: failed, legend: '{{http_route}} {{error_type}}' }],
    links,
    mayBeEmpty: 'while no answer is a 5xx',
  });
}

function refusals({ q }: DashboardContext): Panel {
  const refused = q.count(requests, { ...byRoute, where: { http_response_status_code: '=~4..' } });
  return timeseries({
    key: 'http-refusals',
    title: 'Requests refused',
    description:
      'Share of the requests of a route that were answered with a 4xx. A rise is a caller with a new release, or somebody who guesses; its log lines say what was wrong.',
    unit: 'percentunit',
    min: 0,
    queries: [{ expr: share(refused, q.count(requests, byRoute)), legend: '{{http_route}}' }],
    links,
    mayBeEmpty: nobodyAsks,
  });
}

function keys({ definition }: DashboardContext): Panel {
  const refused = happened(dashboardScope(definition), 'access_refused_total', {
    by: ['reason', 'key'],
  });
  return timeseries({
    key: 'keys-refused',
    title: 'Keys turned away',
    description:
      'Requests of the query port that were not let in, in the window of a point, by why and by the name of the key. missing and unknown are a client without the new key, rate and quota one that asks too much, guessing somebody who tries; the log lines access.refused at level debug tell each.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: refused, legend: '{{reason}} {{key}}' }],
    mayBeEmpty: 'while everybody who calls may',
  });
}

function latencies({ q }: DashboardContext): Panel[] {
  return [
    timeseries({
      key: 'http-latency',
      title: 'HTTP latency',
      description:
        'Time to answer by route. Diamonds are single requests that open as traces; feedback waits for the disk, recommendations for the pipeline.',
      unit: 's',
      min: 0,
      queries: [0.5, 0.99].map((quantile) => ({
        expr: q.quantile(quantile, requests, byRoute),
        legend: `{{http_route}} p${quantile * 100}`,
        hasExemplars: true,
      })),
      links,
      mayBeEmpty: nobodyAsks,
    }),
    heatmap({
      key: 'http-latencies',
      title: 'HTTP latency, all requests',
      description:
        'How the times of all answers are spread. Two bands are two kinds of requests; a band that splits is a part of the traffic that got slow, see its diamonds.',
      unit: 's',
      queries: [{ expr: q.buckets(requests), legend: '{{le}}', hasExemplars: true }],
      mayBeEmpty: nobodyAsks,
    }),
  ];
}
