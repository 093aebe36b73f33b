import type { Alert } from '../domain/alert.ts';
import type { GroupMessage, KnownAlert } from './alert-group.ts';

type Labels = Readonly<Record<string, string>>;

/** What a message says beside its alerts. */
export interface WebhookFrame {
  /** Name of the endpoint. */
  readonly receiver: string;
  /** Where people find the sender. */
  readonly externalUrl: string;
  /** The most alerts it names; 0 names all. */
  readonly maxAlerts: number;
}

/** How Go writes the time of what has not happened. */
const never = '0001-01-01T00:00:00Z';

/**
 * The body that Alertmanager posts to webhooks, version 4, with its fields in its order.
 *
 * @example JSON.parse(webhookBody(message, { receiver: 'pager', externalUrl: '', maxAlerts: 0 })).version // '4'
 */
export function webhookBody(message: GroupMessage, frame: WebhookFrame): string {
  const { group, labels, alerts } = message;
  const named = frame.maxAlerts === 0 ? alerts : alerts.slice(0, frame.maxAlerts);
  return JSON.stringify({
    receiver: frame.receiver,
    status: statusOf(message),
    alerts: named.map(webhookAlert),
    groupLabels: labels,
    commonLabels: common(alerts.map(([, alert]) => alert.labels)),
    commonAnnotations: common(alerts.map(([, alert]) => alert.annotations)),
    externalURL: frame.externalUrl,
    version: '4',
    groupKey: group,
    truncatedAlerts: alerts.length - named.length,
  });
}

function webhookAlert([fingerprint, alert]: KnownAlert): object {
  const { labels, annotations, startsAtMs, endsAtMs, generatorUrl } = alert;
  return {
    status: endsAtMs === undefined ? 'firing' : 'resolved',
    labels,
    annotations,
    startsAt: timestamp(startsAtMs),
    endsAt: endsAtMs === undefined ? never : timestamp(endsAtMs),
    generatorURL: generatorUrl,
    fingerprint,
  };
}

/** `resolved` where no alert of the message lasts. */
export function statusOf({ alerts }: GroupMessage): 'firing' | 'resolved' {
  return alerts.some(([, { endsAtMs }]) => endsAtMs === undefined) ? 'firing' : 'resolved';
}

/**
 * What Alertmanager's API v2 takes, to be completed by `refreshedAlerts` when it is sent: `endsAt` of alerts that last
 * is missing.
 */
export function postableAlerts({ alerts }: GroupMessage): string {
  return JSON.stringify(
    alerts.map(([, { labels, annotations, startsAtMs, endsAtMs, generatorUrl }]: KnownAlert) => ({
      labels,
      annotations,
      startsAt: timestamp(startsAtMs),
      ...(endsAtMs !== undefined && { endsAt: timestamp(endsAtMs) }),
      generatorURL: generatorUrl,
    })),
  );
}

/** Alertmanager takes an alert for over when it hears nothing for this long. */
const lastsMs = 240_000;

/** Gives alerts that last an end in the future of the attempt, however long the message waited. */
export function refreshedAlerts(body: string, nowMs: number): string {
  const endsAt = timestamp(nowMs + lastsMs);
  const alerts: readonly object[] = JSON.parse(body);
  return JSON.stringify(alerts.map((alert) => ({ endsAt, ...alert })));
}

/** RFC 3339 as Go writes it: without zeros at the end of the fraction. */
function timestamp(epochMs: Alert['startsAtMs']): string {
  return new Date(epochMs).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** What is the same in all of them. */
function common(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((one) => one[name] === value)),
  );
}
