import type { PanelLink, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { pointLabel } from '../panels/point-links.ts';
import { share } from '../queries/share.ts';

const name = 'http_server_request_duration_seconds';
const by = ['http_route'] as const;
const legend = '{{http_route}}';

/** Rate, errors and duration of the routes of both listeners. */
export function routeRow({ q }: DashboardContext): Row {
  const where = { http_route: '!=' };
  const all = q.count(name, { where, by });
  const failed = q.count(name, { where: { ...where, http_response_status_code: '=~5..' }, by });
  return {
    title: 'Requests by route',
    panels: line(
      timeseries({
        key: 'route-requests',
        title: 'HTTP requests',
        description:
          'Requests a second by route, of both listeners and all works. A route that stops is a caller that stopped; Runtime has them by status.',
        unit: 'reqps',
        min: 0,
        queries: [{ expr: all, legend }],
        links,
      }),
      timeseries({
        key: 'route-latency',
        title: 'HTTP latency',
        description:
          '95 % of the requests of a route are answered within this. A slow feedback route is the disk, a slow recommendation the pipeline.',
        unit: 's',
        min: 0,
        queries: [{ expr: q.quantile(0.95, name, { where, by }), legend, hasExemplars: true }],
        links,
      }),
      timeseries({
        key: 'route-errors',
        title: 'HTTP errors',
        description:
          'Share of requests of a route that were answered with a 5xx. Good is 0; the traces of a point say which part failed.',
        unit: 'percentunit',
        min: 0,
        queries: [{ expr: share(failed, all), legend }],
        links,
      }),
    ),
  };
}

const route = pointLabel('http_route');
const links: readonly PanelLink[] = [
  { title: 'Traces', to: 'traces', set: { 'http.route': route } },
  { title: 'Logs', to: 'logs', set: { route } },
];
