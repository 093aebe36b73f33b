import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { happened, observedQuantile } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';

const nothingTold = 'while nothing is to be told, or nobody is configured';

/** Whether those who should know of anomalies were told, and what others told us. */
export function telling(context: DashboardContext): Row {
  return {
    title: 'Telling others',
    panels: line(
      deliveries(context),
      deliveryTime(context),
      waiting(context),
      outsideAlerts(context),
    ),
  };
}

function deliveryTime({ definition }: DashboardContext): Panel {
  const time = observedQuantile(
    dashboardScope(definition),
    [0.95, 'webhook_delivery_duration_seconds'],
    { by: ['endpoint'], window: '1h' },
  );
  return timeseries({
    key: 'webhook-time',
    title: 'Time of a delivery',
    description:
      '95 % of the attempts of the last hour took less than this, by endpoint; an hour, as they are few. Near the time limit of the endpoint it is about to fail.',
    unit: 's',
    min: 0,
    queries: [{ expr: time, legend: '{{endpoint}}' }],
    mayBeEmpty: nothingTold,
  });
}

function waiting({ q }: DashboardContext): Panel {
  const queued = q.level('webhook_queue', { by: ['endpoint'], of: 'sum' });
  return timeseries({
    key: 'webhook-queue',
    title: 'Webhook queue',
    description:
      'Messages that wait for an endpoint, on disk. It should go back to 0; over 100 the endpoint is down for long, and attempts end after three and a half days.',
    unit: 'short',
    min: 0,
    queries: [{ expr: queued, legend: '{{endpoint}}' }],
    ...staysUnder(100),
    mayBeEmpty: nothingTold,
  });
}

function deliveries({ definition }: DashboardContext): Panel {
  const attempts = happened(dashboardScope(definition), 'webhook_deliveries_total', {
    by: ['endpoint', 'outcome'],
  });
  return timeseries({
    key: 'webhook-deliveries',
    title: 'Webhook deliveries',
    description:
      'Attempts to tell an endpoint in the window of a point, by what came of them. failed is tried again, refused and disabled are not, dropped was given up; `GET /control/webhooks` has the last error.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: attempts, legend: '{{endpoint}} {{outcome}}' }],
    mayBeEmpty: nothingTold,
  });
}

function outsideAlerts({ definition }: DashboardContext): Panel {
  const received = happened(dashboardScope(definition), 'alerts_received_total', {
    by: ['source'],
  });
  return timeseries({
    key: 'outside-alerts',
    title: 'Outside alerts',
    description:
      'Alerts of others that were sent to the control port in the window of a point. They are listed beside the anomalies at the address under Causes.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: received, legend: '{{source}}' }],
    mayBeEmpty: 'while nobody sends alerts to the control port',
  });
}
