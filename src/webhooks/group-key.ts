import { sortedLabels } from './fingerprint.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * The labels of the group that an alert belongs to; those that it lacks are absent.
 *
 * @example groupLabels({ alertname: 'Slow', work: 'home' }, ['alertname', 'segment']) // { alertname: 'Slow' }
 */
export function groupLabels(labels: Labels, groupBy: readonly string[]): Labels {
  return Object.fromEntries(sortedLabels(labels).filter(([name]) => groupBy.includes(name)));
}

/**
 * The key of a group under the root route, as Alertmanager writes it.
 *
 * @example groupKey({ alertname: 'Slow', segment: 'DE' }) // '{}:{alertname="Slow", segment="DE"}'
 */
export function groupKey(labels: Labels): string {
  const parts = sortedLabels(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{}:{${parts.join(', ')}}`;
}
