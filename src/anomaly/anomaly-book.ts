import type { Alert } from '../domain/alert.ts';
import type { Anomaly } from '../domain/anomaly.ts';

/** An alert of somebody else. */
export interface OutsideAlert extends Alert {
  readonly source: 'alertmanager' | 'grafana';
  /** Given by the sender, or made of the labels. */
  readonly fingerprint: string;
  readonly receivedAtMs: number;
}

/** What is open and what was, ours and what others told. */
export interface AnomalyBook {
  /** Newest first. */
  anomalies(): readonly Anomaly[];
  /** Undefined for an id that is not known or no longer kept. */
  anomaly(id: string): Anomaly | undefined;
  /** Takes over how an anomaly looks now; one that never fired and is over is forgotten. */
  note(anomaly: Anomaly): void;
  /** Anomalies that have left the book since the last call, to be forgotten elsewhere too. */
  takeForgotten(): readonly string[];
  /** Alerts of others, newest first. */
  outside(): readonly OutsideAlert[];
  /** Takes an alert of somebody else in; the same fingerprint and beginning is the same alert. */
  receive(alert: OutsideAlert): void;
}

/**
 * Makes an empty book; the oldest closed anomalies and alerts leave when there are more than `keep` of a kind, and an
 * open one only where there are more than that open.
 */
export function createAnomalyBook({ keep }: { readonly keep: number }): AnomalyBook {
  const anomalies = new Map<string, Anomaly>();
  const alerts = new Map<string, OutsideAlert>();
  let forgotten: string[] = [];
  return {
    anomalies: () => [...anomalies.values()].reverse(),
    anomaly: (id) => anomalies.get(id),
    note(anomaly) {
      const isNothing = anomaly.state === 'resolved' && anomaly.firedAtMs === undefined;
      if (isNothing) {
        anomalies.delete(anomaly.id);
        return;
      }
      anomalies.set(anomaly.id, anomaly);
      forgotten.push(...shrink(anomalies, keep, ({ state }) => state === 'resolved'));
    },
    takeForgotten() {
      const taken = forgotten;
      forgotten = [];
      return taken;
    },
    outside: () => [...alerts.values()].reverse(),
    receive(alert) {
      alerts.set(`${alert.fingerprint} ${alert.startsAtMs}`, alert);
      shrink(alerts, keep, ({ endsAtMs }) => endsAtMs !== undefined);
    },
  };
}

/** Deletes the oldest that are closed, then the oldest of all; answers their keys. */
function shrink<Value>(
  map: Map<string, Value>,
  keep: number,
  isClosed: (value: Value) => boolean,
): string[] {
  const gone: string[] = [];
  for (const round of [isClosed, () => true]) {
    for (const [key, value] of map) {
      if (map.size <= keep) return gone;
      if (!round(value)) continue;
      map.delete(key);
      gone.push(key);
    }
  }
  return gone;
}
