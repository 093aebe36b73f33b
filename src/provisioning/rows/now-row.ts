import type { Panel, Row } from '../dashboards/dashboard.ts';
import { failureBounds, latencyBounds, tolerableDegradation } from '../panels/bounds.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { stat } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { firingAlerts, firingAnomalies, published } from '../panels/watch-panels.ts';
import { known, share } from '../queries/share.ts';

const where = { work: '=~$work' } as const;

/** Eight numbers that say at a glance whether people are served. */
export function nowRow(context: DashboardContext): Row {
  return {
    title: 'Now',
    panels: line(
      requests(context),
      errors(context),
      latency(context),
      degraded(context),
      firingAnomalies(context),
      firingAlerts(context),
      instances(context),
      published(context),
    ),
  };
}

function requests({ q }: DashboardContext): Panel {
  return stat({
    key: 'request-rate',
    title: 'Requests',
    description: 'Requests a second for the chosen works. Nothing here means that nobody asks.',
    unit: 'reqps',
    queries: [{ expr: q.count('request_duration_seconds', { where }) }],
  });
}

function errors(context: DashboardContext): Panel {
  return stat({
    key: 'error-share',
    title: 'Errors',
    description: 'Share of requests that failed. Good is 0; log lines of level error say why.',
    unit: 'percentunit',
    decimals: 2,
    queries: [{ expr: shareThatEnded(context, 'error') }],
    ...staysUnder(...failureBounds(context.definition)),
  });
}

function latency({ q, definition }: DashboardContext): Panel {
  return stat({
    key: 'latency-now',
    title: 'Latency p95',
    description:
      '95 % of the requests are answered within this. Good is under the promise of the work; the row Pipeline says which stage takes the time.',
    unit: 's',
    queries: [{ expr: known(q.quantile(0.95, 'request_duration_seconds', { where })) }],
    ...staysUnder(...latencyBounds(definition)),
  });
}

function degraded(context: DashboardContext): Panel {
  return stat({
    key: 'degraded-share',
    title: 'Degraded',
    description: `Share of answers that were not what was asked for. Good is under ${tolerableDegradation * 100} %; Fallbacks says why.`,
    unit: 'percentunit',
    decimals: 1,
    queries: [{ expr: shareThatEnded(context, '!=ok') }],
    ...staysUnder(tolerableDegradation),
  });
}

function instances({ q }: DashboardContext): Panel {
  return stat({
    key: 'instances',
    title: 'Instances',
    description: 'Instances that are scraped. Where some are missing, look at Runtime.',
    unit: 'none',
    queries: [{ expr: q.level('build_info', { of: 'sum' }) }],
    links: [{ title: 'Runtime', to: { dashboard: 'runtime' } }],
  });
}

function shareThatEnded({ q }: DashboardContext, outcome: string): string {
  return share(
    q.count('request_duration_seconds', { where: { ...where, outcome } }),
    q.count('request_duration_seconds', { where }),
  );
}
