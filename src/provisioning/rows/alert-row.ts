import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { firingSelector } from '../panels/firing-selector.ts';
import { line } from '../panels/line.ts';
import { alerts, logs, timeline } from '../panels/panels.ts';

/** Why there may be no anomaly to show. */
export const nothingFound = 'while no anomaly was found';

/** Which alerts of Prometheus fire and fired, beside what the log says of anomalies. */
export function alerting(context: DashboardContext): Row {
  return {
    title: 'Alerts',
    panels: [alertsOverTime(context), ...line(alertList(context), anomalyLog)],
  };
}

function alertsOverTime(context: DashboardContext): Panel {
  return timeline({
    key: 'alerts-firing',
    title: 'Alerts that fired',
    description:
      'Alerts of Prometheus over time, without the watchdog, which always fires. What starts together has one cause; the annotations say what was deployed or published then.',
    unit: 'none',
    queries: [
      {
        expr: `max by (alertname, severity) (${firingSelector(context)})`,
        legend: '{{alertname}} {{severity}}',
      },
    ],
    thresholds: [{ colour: 'red' }],
    mayBeEmpty: 'while no alert fires',
  });
}

function alertList(context: DashboardContext): Panel {
  return alerts({
    key: 'alerts',
    title: 'Firing alerts',
    description:
      'Alerts that fire now. Each has a page in the runbook: what it means, how to look, how to mend.',
    unit: 'none',
    queries: [{ expr: firingSelector(context), legend: '{{alertname}}', isInstant: true }],
    mayBeEmpty: 'while no alert fires',
  });
}

const anomalyLog = logs({
  key: 'anomaly-log',
  title: 'Anomalies in the log',
  description:
    'One line for each change of an anomaly, with its cause in a sentence: `slow is up: segment=poland (99 % explained)`. The line has the id to ask the control port for.',
  unit: 'none',
  queries: [{ expr: '{service_name=~"$job"} | json | msg="anomaly.changed"', source: 'loki' }],
  mayBeEmpty: nothingFound,
});
