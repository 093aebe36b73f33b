import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from './context.ts';
import { firingSelector } from './firing-selector.ts';
import { alerts, stat, table, timeseries } from './panels.ts';
import { staysUnder } from './thresholds.ts';

const toAnomalies = { title: 'Anomalies', to: { dashboard: 'anomalies' } } as const;
const toRuntime = { title: 'Runtime', to: { dashboard: 'runtime' } } as const;

/** Anomalies that fire now. */
export function firingAnomalies({ q }: DashboardContext): Panel {
  return stat({
    key: 'anomalies-firing',
    title: 'Anomalies',
    description:
      'Anomalies that fire now, by the instance that sees most. Their causes are ranked on Anomalies.',
    unit: 'none',
    queries: [{ expr: q.level('anomalies_open', { where: { state: 'firing' }, of: 'max' }) }],
    ...staysUnder(1),
    mayBeEmpty: 'where the detector of anomalies is off',
    links: [toAnomalies],
  });
}

/** How many alerts fire now. */
export function firingAlerts(context: DashboardContext): Panel {
  return stat({
    key: 'alerts-firing',
    title: 'Alerts',
    description: 'Alerts that fire now; the list stands at the end of this page.',
    unit: 'none',
    queries: [{ expr: `count(${firingSelector(context)}) or vector(0)` }],
    ...staysUnder(1),
    links: [toAnomalies],
  });
}

/** When the generation that serves was published. */
export function published({ q }: DashboardContext): Panel {
  return stat({
    key: 'published',
    title: 'Published',
    description:
      'When the generation that serves (configuration and models) was published last on any instance. What began just after it was probably caused by it.',
    unit: 'dateTimeFromNow',
    queries: [
      // Grafana counts time in milliseconds.
      { expr: `${q.level('generation_published_timestamp_seconds', { of: 'max' })} * 1000` },
    ],
  });
}

/** What moved: open anomalies, alerts that fire, versions that run. */
export function changesRow(context: DashboardContext): Row {
  return {
    title: 'Anomalies, alerts and deploys',
    panels: [
      openAnomalies(context),
      // Names of alerts are long.
      { ...alertList(context), width: 10 },
      { ...versions(context), width: 6 },
    ],
  };
}

function openAnomalies({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'anomalies',
    title: 'Open anomalies',
    description:
      'Anomalies that are suspected (pending) or certain (firing). Good is none firing; what and why stands on Anomalies.',
    unit: 'none',
    min: 0,
    queries: [
      { expr: q.level('anomalies_open', { by: ['state'], of: 'max' }), legend: '{{state}}' },
    ],
    mayBeEmpty: 'where the detector of anomalies is off',
    links: [toAnomalies],
  });
}

function alertList(context: DashboardContext): Panel {
  return alerts({
    key: 'alerts',
    title: 'Firing alerts',
    description:
      'Alerts of Prometheus that fire now. Each has a page in the runbook: what it means, how to look, how to mend.',
    unit: 'none',
    queries: [{ expr: firingSelector(context), legend: '{{alertname}}', isInstant: true }],
    mayBeEmpty: 'while nothing is wrong',
    links: [toAnomalies],
  });
}

function versions({ q }: DashboardContext): Panel {
  return table({
    key: 'versions',
    title: 'Versions',
    description:
      'Instances by the version they run. Two versions at once for longer than a deploy is a deploy that stopped halfway.',
    unit: 'none',
    queries: [
      {
        expr: q.level('build_info', { by: ['version', 'node'], of: 'sum' }),
        legend: 'Instances',
        isInstant: true,
      },
    ],
    columns: { version: 'Version', node: 'Node.js' },
    links: [toRuntime],
  });
}
