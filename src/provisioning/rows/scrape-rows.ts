import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { table, timeline, timeseries } from '../panels/panels.ts';
import { staysOver, staysUnder } from '../panels/thresholds.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { createTargetSelect } from '../queries/target-series.ts';

/** Series from which on a scrape is a burden. */
export const manySeries = 10_000;

/** How Prometheus gets along with the exposition. */
export function scrapes(context: DashboardContext): Row {
  const series = createTargetSelect(dashboardScope(context.definition));
  return {
    title: 'Scrapes',
    panels: [
      timeline({
        key: 'up',
        title: 'Scraped instances',
        description:
          'Whether each instance could be scraped: 1 yes, 0 no. While it is 0 no other dashboard says anything of that instance; Runtime tells when it started again.',
        unit: 'none',
        queries: [{ expr: `max by (instance) (${series('up')})`, legend: '{{instance}}' }],
        ...staysOver(1),
      }),
      ...line(seriesAndSamples(context), scrapeTime(context), scrapeSize(context)),
    ],
  };
}

function seriesAndSamples({ q, definition }: DashboardContext): Panel {
  const series = createTargetSelect(dashboardScope(definition));
  return timeseries({
    key: 'series',
    title: 'Series and samples',
    description:
      'Series that the table of an instance takes, samples that Prometheus scraped of it, and series that were new in a scrape. The first two run in parallel; new series that do not stop are labels that keep changing.',
    unit: 'short',
    min: 0,
    queries: [
      { expr: `max by (instance) (${q.select('series')})`, legend: '{{instance}} series' },
      {
        expr: `max by (instance) (${series('scrape_samples_scraped')})`,
        legend: '{{instance}} samples',
      },
      { expr: `max by (instance) (${series('scrape_series_added')})`, legend: '{{instance}} new' },
    ],
    ...staysUnder(manySeries),
  });
}

function scrapeTime({ q, definition }: DashboardContext): Panel {
  const series = createTargetSelect(dashboardScope(definition));
  const render = q.quantile(0.95, 'http_server_request_duration_seconds', {
    where: { http_route: '/metrics' },
  });
  return timeseries({
    key: 'scrape-time',
    title: 'Scrape time',
    description: `Time of a scrape as Prometheus sees it, and of the answer as the gateway does (p95). Far under the ${definition.scrapeSeconds} s between scrapes is good; the difference is the network.`,
    unit: 's',
    min: 0,
    queries: [
      {
        expr: `max by (instance) (${series('scrape_duration_seconds')})`,
        legend: '{{instance}} scrape',
      },
      { expr: render, legend: 'answer p95' },
    ],
    ...staysUnder(definition.scrapeSeconds / 2),
  });
}

function scrapeSize({ definition }: DashboardContext): Panel {
  const series = createTargetSelect(dashboardScope(definition));
  return timeseries({
    key: 'scrape-size',
    title: 'Scrape size',
    description:
      'Size of the exposition before compression, by instance. It grows with the series; compare with Series and samples.',
    unit: 'bytes',
    min: 0,
    queries: [
      { expr: `max by (instance) (${series('scrape_body_size_bytes')})`, legend: '{{instance}}' },
    ],
    mayBeEmpty: 'where Prometheus runs without the feature extra-scrape-metrics',
  });
}

/** What the collector makes of all spans before it samples them. */
export function collector({ definition: { service, environment } }: DashboardContext): Row {
  // The collector is the target of these, so that the instance is its own.
  const place = environment === undefined ? '' : `, environment="${environment}"`;
  const spans = (suffix: string) =>
    `rate(traces_span_metrics_${suffix}{service_name="${service}"${place}}[$__rate_interval])`;
  const mayBeEmpty = 'where the collector is not scraped';
  return {
    title: 'Spans at the collector',
    isCollapsed: true,
    panels: line(
      timeseries({
        key: 'spans',
        title: 'Spans',
        description:
          'Spans a second that reach the collector, by name, before any are sampled away. They should follow the requests; less is lost on the way, see Dropped telemetry.',
        unit: 'ops',
        min: 0,
        queries: [
          { expr: `sum by (span_name) (${spans('calls_total')})`, legend: '{{span_name}}' },
        ],
        mayBeEmpty,
      }),
      timeseries({
        key: 'span-time',
        title: 'Span duration p95',
        description:
          '95 % of the spans of a name take less than this. It should agree with the latencies of the gateway, as both see every request; a gap is spans that are lost.',
        unit: 's',
        min: 0,
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (le, span_name) (${spans('duration_seconds_bucket')}))`,
            legend: '{{span_name}}',
          },
        ],
        mayBeEmpty,
      }),
    ),
  };
}

/** Which versions speak. */
export function versions(context: DashboardContext): Row {
  return { title: 'Versions', panels: line(builds(context), nodeVersions(context)) };
}

function builds({ q, definition }: DashboardContext): Panel {
  const started = createTargetSelect(dashboardScope(definition))('process_start_time_seconds');
  const startOf = `${q.select('build_info')} * on (job, instance) group_left () ${started}`;
  return table({
    key: 'build',
    title: 'Build',
    description:
      'Version of Sightline and of Node.js, and start, of each instance. Several versions for longer than a deploy is a deploy that stopped halfway.',
    unit: 'dateTimeFromNow',
    queries: [{ expr: `max by (instance, version, node) (${startOf}) * 1000`, isInstant: true }],
    columns: { instance: 'Instance', version: 'Sightline', node: 'Node.js', Value: 'Started' },
  });
}

function nodeVersions({ definition }: DashboardContext): Panel {
  const info = createTargetSelect(dashboardScope(definition))('nodejs_version_info');
  return table({
    key: 'node-versions',
    title: 'Node.js',
    description:
      'Instances by the version of Node.js that they run. One version is good; the oldest decides which fixes are missing.',
    unit: 'short',
    queries: [{ expr: `count by (version) (${info})`, isInstant: true }],
    columns: { version: 'Version', Value: 'Instances' },
  });
}
