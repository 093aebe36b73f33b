import type { Alert } from '../domain/alert.ts';

/** The latest time that a `Date` can hold. */
const latestMs = 8.64e15;

/**
 * Makes an alert that can be kept and sent: labels without a value are absent, halves of surrogate pairs are replaced,
 * and a time that is none is now.
 *
 * @example soundAlert({ ...alert, labels: { a: '', b: 'x' } }, 0).labels // { b: 'x' }
 */
export function soundAlert(alert: Alert, nowMs: number): Alert {
  const time = (ms: number) => (Math.abs(ms) <= latestMs ? ms : nowMs);
  return {
    labels: soundLabels(alert.labels),
    annotations: soundLabels(alert.annotations),
    startsAtMs: time(alert.startsAtMs),
    endsAtMs: alert.endsAtMs === undefined ? undefined : time(alert.endsAtMs),
    generatorUrl: alert.generatorUrl.toWellFormed(),
  };
}

function soundLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])
      .filter(([name, value]) => name !== '' && value !== ''),
  );
}
