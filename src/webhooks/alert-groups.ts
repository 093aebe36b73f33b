import type { Alert } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import type { Notification } from '../domain/notification.ts';
import { AlertGroup, type GroupMessage, type GroupTiming } from './alert-group.ts';
import { fingerprint } from './fingerprint.ts';
import { groupKey, groupLabels } from './group-key.ts';

/** How alerts are grouped, and when groups speak. */
export interface GroupOptions extends GroupTiming {
  /** Alerts with equal values of these labels make a group. */
  readonly groupBy: readonly string[];
}

/** What came of changes of alerts. */
export interface Grouped {
  /** Keys of the groups that changed. */
  readonly changed: ReadonlySet<string>;
  /** Alerts that found no room. */
  readonly dropped: number;
}

/** The alerts that one endpoint follows, by group. */
export interface AlertGroups {
  put(alerts: readonly Alert[]): Grouped;
  /** When the next group speaks, on the monotonic clock; infinite where none has to. */
  speaksAt(): number;
  /** Takes the messages that are due; from then on they count as told. */
  speak(): readonly GroupMessage[];
  /** What is to be kept of a group; undefined where nothing is left of it. */
  note(key: string): Omit<Notification, 'id' | 'endpoint'> | undefined;
  /** Takes back what was kept; groups anew where the labels of groups have changed. */
  restore(note: Notification): void;
  keys(): readonly string[];
  /** Alerts that last. */
  firing(): readonly Alert[];
}

/** Alerts that are followed at once. */
const maxAlerts = 10_000;

/**
 * Groups alerts as Alertmanager does: a new group waits for more, but not where its alert is older than the wait;
 * then it speaks when an alert came or ended, at most once in an interval, and repeats itself while one lasts. The
 * alerts and their states decide whether there is news; new annotations alone are none.
 */
export function createAlertGroups(options: GroupOptions, clock: Clock): AlertGroups {
  const groups = new Map<string, AlertGroup>();

  function groupOf(alert: Alert, openedAt: number): AlertGroup {
    const labels = groupLabels(alert.labels, options.groupBy);
    const key = groupKey(labels);
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group = new AlertGroup({ key, labels }, options, openedAt);
    groups.set(key, group);
    return group;
  }

  const sizeOf = () => groups.values().reduce((sum, { alerts }) => sum + alerts.size, 0);
  const leave = (group: AlertGroup) => {
    if (group.alerts.size === 0) groups.delete(group.key);
  };

  return {
    put(alerts) {
      const changed = new Set<string>();
      const now = clock.monotonic();
      let dropped = 0;
      let room = maxAlerts - sizeOf();
      for (const alert of alerts) {
        const print = fingerprint(alert.labels);
        const group = groupOf(alert, now);
        const isNew = !group.alerts.has(print);
        if (isNew && room <= 0) dropped += 1;
        else {
          group.put(print, alert);
          if (alert.startsAtMs + options.waitMs <= clock.now()) group.hurry(now);
          if (isNew) room -= 1;
          changed.add(group.key);
        }
        leave(group);
      }
      return { changed, dropped };
    },
    speaksAt: () =>
      groups
        .values()
        .reduce((at, group) => Math.min(at, group.speaksAt()), Number.POSITIVE_INFINITY),
    speak() {
      const now = clock.monotonic();
      const due = [...groups.values()].filter((group) => group.speaksAt() <= now);
      return due.map((group) => {
        const message = group.speak(now);
        leave(group);
        return message;
      });
    },
    note(key) {
      const group = groups.get(key);
      return group && noteOf(group, clock);
    },
    restore({ alerts, told, openedAtMs, toldAtMs }) {
      for (const alert of alerts) {
        const group = groupOf(alert, monotonicOf(openedAtMs, clock));
        const print = fingerprint(alert.labels);
        if (told.includes(print)) group.told.add(print);
        if (toldAtMs !== undefined) group.toldAt = monotonicOf(toldAtMs, clock);
        group.put(print, alert);
        leave(group);
      }
    },
    keys: () => [...groups.keys()],
    firing: () =>
      [...groups.values()].flatMap(({ alerts }) =>
        [...alerts.values()].filter(({ endsAtMs }) => endsAtMs === undefined),
      ),
  };
}

function noteOf(
  { key, alerts, told, openedAt, toldAt }: AlertGroup,
  clock: Clock,
): Omit<Notification, 'id' | 'endpoint'> {
  const offset = clock.now() - clock.monotonic();
  return {
    group: key,
    alerts: [...alerts.values()],
    told: [...told],
    openedAtMs: openedAt + offset,
    toldAtMs: toldAt === undefined ? undefined : toldAt + offset,
  };
}

/** A clock that went back must not make a group wait for longer than it is asked to. */
function monotonicOf(epochMs: number, clock: Clock): number {
  return clock.monotonic() - Math.max(0, clock.now() - epochMs);
}
