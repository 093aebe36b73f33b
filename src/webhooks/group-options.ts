import type { GroupOptions } from './alert-groups.ts';
import type { WebhookOptions } from './webhooks-schema.ts';

/** Alertmanager groups by itself, and takes an alert for over when it hears nothing: all at once, every minute. */
const alertmanagerGroups: GroupOptions = {
  groupBy: [],
  waitMs: 0,
  intervalMs: 0,
  repeatMs: 60_000,
  sendResolved: true,
};

/** How the alerts of an endpoint are grouped. */
export function groupOptions(options: WebhookOptions): GroupOptions {
  if (options.kind === 'alertmanager') return alertmanagerGroups;
  const { groupBy, groupWaitSeconds, groupIntervalSeconds, repeatIntervalSeconds } = options;
  return {
    groupBy,
    waitMs: groupWaitSeconds * 1000,
    intervalMs: groupIntervalSeconds * 1000,
    repeatMs: repeatIntervalSeconds * 1000,
    sendResolved: options.sendResolved,
  };
}
