import type { FoundAnomaly } from '../../../src/cli/replay/control.ts';
import type { SeenAnomaly } from '../../../src/cli/replay/judge-faults.ts';
import type { ReceivedAlert } from './webhook-receiver.ts';

/** Labels of an alert that are not of its cause. */
const ownLabels = ['alertname', 'measure', 'direction', 'severity'];

/**
 * What a receiver was told, in the form in which a replay judges it: an anomaly fires when its message arrives, and its
 * first cause has the labels of the alert.
 */
export function toldAnomalies(alerts: readonly ReceivedAlert[]): SeenAnomaly[] {
  const open = new Map<string, { first: FoundAnomaly; last: FoundAnomaly }>();
  const told: { first: FoundAnomaly; last: FoundAnomaly }[] = [];
  for (const alert of alerts) {
    const known = open.get(alert.fingerprint);
    if (known === undefined && alert.status === 'firing') {
      const first = anomalyOf(alert);
      const fresh = { first, last: first };
      open.set(alert.fingerprint, fresh);
      told.push(fresh);
    }
    if (known !== undefined && alert.status === 'resolved') {
      known.last = { ...known.first, state: 'resolved', resolved_at: timeOf(alert) };
      open.delete(alert.fingerprint);
    }
  }
  return told;
}

function anomalyOf(alert: ReceivedAlert): FoundAnomaly {
  const { labels, annotations, fingerprint } = alert;
  const named = Object.entries(labels).filter(([label]) => !ownLabels.includes(label));
  const cause = {
    labels: Object.fromEntries(named),
    ...{ share: null, ratio: null, actual: null, expected: null, p_value: null },
    ...{ surprise: null, leaves: 0, lattice: '' },
  };
  const unexplained = annotations.cause === 'unexplained';
  return {
    id: fingerprint,
    measure: labels.measure,
    state: 'firing',
    direction: labels.direction as 'up' | 'down',
    started_at: timeOf(alert),
    fired_at: timeOf(alert),
    resolved_at: null,
    explained_share: 1,
    unexplained,
    series: [],
    causes: unexplained ? [] : [cause],
    trace_ids: [],
  };
}

const timeOf = ({ atMs }: ReceivedAlert) => new Date(atMs).toISOString();
