import { growing, steady, withLabels } from '../rules/proof-series.ts';
import { down, instanceDown, restartLoop, versionsDiffer, watchdog } from './instance-symptoms.ts';
import { type AlertMaker, curl, leastEvents, query, where } from './symptom.ts';

const instance = 'gateway-1:8081';

/** Whether the gateway runs at all, and how its processes do. */
export const processSymptoms: AlertMaker = (context) => [
  ...watchdog(context),
  ...down(context),
  ...instanceDown(context),
  ...restartLoop(context),
  ...serverErrors(context),
  ...eventLoopBlocked(context),
  ...filesRunOut(context),
  ...scrapeSlow(context),
  ...versionsDiffer(context),
];

const serverErrors: AlertMaker = ({ definition, q }) => {
  const name = 'http_server_request_duration_seconds';
  const failed = q.count(name, { where: { http_response_status_code: '=~5..' } });
  const promised = definition.works.flatMap(({ slo }) => slo.availability ?? []);
  const bound = promised.length === 0 ? 0.01 : Number((1 - Math.max(...promised)).toPrecision(6));
  const answered = (status: string, perStep: number) => ({
    [q.select(name, { http_route: '/v1/feedback', http_response_status_code: status }, '_count')]:
      growing(perStep),
  });
  return [
    {
      alert: 'SightlineServerErrors',
      expr: where(q, [
        `${failed} / ${q.count(name)} > ${bound}`,
        `${failed} * 300 >= ${leastEvents}`,
      ]),
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'The gateway answers with server errors.',
      description:
        '{{ $value | humanizePercentage }} of all HTTP requests are answered with a status of 500 or more.',
      dashboard: { key: 'overview', panel: 'route-errors' },
      runbook: {
        meaning:
          'The share of 5xx over all routes has been over what the strictest availability objective allows for ten minutes; over 1 % where there is none. Unlike the objectives it counts feedback and data routes too.',
        impact: 'Callers of the route fail: no answer, or feedback that they must send again.',
        diagnosis: `Route and error: ${query(q.count(name, { where: { error_type: '!=' }, by: ['http_route', 'error_type'] }))}. docs/errors.md says what each code wants. \`SL_OVERLOADED\`: too much traffic for the instances. \`SL_STORE_*\`: the disk or the store.`,
        mitigation:
          'Free disk space, bring the store back, add instances, or roll back, as the code says.',
      },
      proof: {
        firing: {
          series: { ...answered('202', 60), ...answered('503', 60) },
          atMinutes: 13,
          value: 0.5,
        },
        silent: { series: { ...answered('202', 60), ...answered('422', 60) }, atMinutes: 13 },
      },
    },
  ];
};

const eventLoopBlocked: AlertMaker = ({ definition, q }) => {
  const lag = q.target('nodejs_eventloop_lag_p99_seconds');
  const lagging = (seconds: number) => ({ [withLabels(lag, { instance })]: steady(seconds) });
  return [
    {
      alert: 'SightlineEventLoopBlocked',
      expr: `${lag} > 0.1`,
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'The event loop of an instance is blocked again and again.',
      description:
        'The event loop of {{ $labels.instance }} is late by up to {{ $value | humanizeDuration }} (99th percentile).',
      dashboard: { key: 'runtime', panel: 'event-loop' },
      runbook: {
        meaning:
          'The 99th percentile of the delay of the event loop has been over 100 ms for ten minutes.',
        impact: 'Every request of the instance waits so long now and then, whatever its budget.',
        diagnosis: `Garbage collection and heap in Runtime: a full heap collects all the time. Processor: is it shared with somebody? Long stages: ${query(q.recorded('sightline:stage_latency_p99:5m'))}. What holds it: ${curl(definition, '/control/profile?type=cpu', { method: 'POST', into: 'cpu.pb.gz' })}, read with \`go tool pprof\`.`,
        mitigation: `More memory for a full heap, fewer candidates for a long stage, more instances for too much traffic. Take the instance out meanwhile: ${curl(definition, '/control/drain', { method: 'POST' })}.`,
      },
      proof: {
        firing: { series: lagging(0.25), atMinutes: 13, labels: { instance }, value: 0.25 },
        silent: { series: lagging(0.02), atMinutes: 13 },
      },
    },
  ];
};

const filesRunOut: AlertMaker = ({ q }) => {
  const open = q.target('process_open_fds');
  const most = q.target('process_max_fds');
  const used = (files: number) => ({
    [withLabels(open, { instance })]: steady(files),
    [withLabels(most, { instance })]: steady(1000),
  });
  return [
    {
      alert: 'SightlineFilesRunOut',
      expr: `${open} / ${most} > 0.8`,
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'An instance has almost no file descriptors left.',
      description:
        '{{ $labels.instance }} uses {{ $value | humanizePercentage }} of the file descriptors it may have.',
      dashboard: { key: 'runtime', panel: 'descriptors' },
      runbook: {
        meaning: 'Connections and files have taken over 80 % of the descriptors for ten minutes.',
        impact: 'At the limit new connections are refused and files cannot be opened.',
        diagnosis:
          'Connections that nobody closes (callers without keep-alive, or with far too many) or a leak: does the number grow without traffic?',
        mitigation: 'Raise `ulimit -n`, mend the caller, restart the instance.',
      },
      proof: {
        firing: { series: used(900), atMinutes: 13, labels: { instance }, value: 0.9 },
        silent: { series: used(200), atMinutes: 13 },
      },
    },
  ];
};

const scrapeSlow: AlertMaker = ({ definition, q }) => {
  const took = q.target('scrape_duration_seconds');
  const half = definition.scrapeSeconds / 2;
  const scraped = (seconds: number) => ({ [withLabels(took, { instance })]: steady(seconds) });
  return [
    {
      alert: 'SightlineScrapeSlow',
      expr: `${took} > ${half}`,
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'Scrapes of an instance take over half of their interval.',
      description: 'A scrape of {{ $labels.instance }} takes {{ $value | humanizeDuration }}.',
      dashboard: { key: 'telemetry-health', panel: 'scrape-time' },
      runbook: {
        meaning: `Reading \`/metrics\` has taken over half of the scrape interval of ${definition.scrapeSeconds} s for ten minutes.`,
        impact: 'Soon scrapes time out, and dashboards and alerts have gaps.',
        diagnosis: `Too many series (${query(q.select('series'))}), a blocked event loop, or a slow network between the two.`,
        mitigation:
          'See [SightlineSeriesLimit](#sightlineserieslimit) and [SightlineEventLoopBlocked](#sightlineeventloopblocked).',
      },
      proof: {
        firing: {
          series: scraped(definition.scrapeSeconds),
          atMinutes: 15,
          labels: { instance },
          value: definition.scrapeSeconds,
        },
        silent: { series: scraped(definition.scrapeSeconds / 100), atMinutes: 13 },
      },
    },
  ];
};
