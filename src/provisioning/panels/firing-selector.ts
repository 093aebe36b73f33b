import type { DashboardContext } from './context.ts';

/**
 * The alerts that fire, without the watchdog: it fires always and says that alerts get through. Alerts have the labels
 * that their rules keep, and no instance.
 */
export function firingSelector({ definition: { environment } }: DashboardContext): string {
  const place = environment === undefined ? '' : `, environment="${environment}"`;
  return `ALERTS{job=~"$job"${place}, alertstate="firing", alertname!="SightlineWatchdog"}`;
}
