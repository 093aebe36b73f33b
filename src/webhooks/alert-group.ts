import type { Alert } from '../domain/alert.ts';

/** When a group speaks; milliseconds. */
export interface GroupTiming {
  /** From the first alert to the first message. */
  readonly waitMs: number;
  /** Between two messages that differ, at least. */
  readonly intervalMs: number;
  /** Until alerts that last are told again. */
  readonly repeatMs: number;
  /** Whether the end of an alert is told. */
  readonly sendResolved: boolean;
}

/** What a group has to say. */
export interface GroupMessage {
  /** As Alertmanager writes it: `{}:{alertname="Slow"}`. */
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that last first, then in order of their beginning. */
  readonly alerts: readonly KnownAlert[];
  /** Whether it says what was said before. */
  readonly isRepeat: boolean;
}

/** An alert under the fingerprint of its labels. */
export type KnownAlert = readonly [fingerprint: string, alert: Alert];

/** Alerts that are told together. Times are those of the monotonic clock, in milliseconds. */
export class AlertGroup {
  /** Alerts that last, and those that ended since the last message, by fingerprint. */
  readonly alerts = new Map<string, Alert>();
  /** Fingerprints that the last message called firing; each of them is in `alerts`. */
  readonly told = new Set<string>();
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly openedAt: number;
  toldAt: number | undefined;
  readonly #timing: GroupTiming;
  #readyAt: number;

  constructor(
    { key, labels }: Pick<AlertGroup, 'key' | 'labels'>,
    timing: GroupTiming,
    openedAt: number,
  ) {
    this.key = key;
    this.labels = labels;
    this.openedAt = openedAt;
    this.#timing = timing;
    this.#readyAt = openedAt + timing.waitMs;
  }

  /** Takes a change. An alert that ended before it was told leaves without a word. */
  put(print: string, alert: Alert): void {
    if (alert.endsAtMs === undefined || (this.#timing.sendResolved && this.told.has(print))) {
      this.alerts.set(print, alert);
    } else {
      this.#forget(print);
    }
  }

  /** Lets the first message go before the wait is over. */
  hurry(now: number): void {
    this.#readyAt = Math.min(this.#readyAt, now);
  }

  /** When it speaks next; infinite where it has nothing to say. */
  speaksAt(): number {
    if (this.alerts.size === 0) return Number.POSITIVE_INFINITY;
    if (this.toldAt === undefined) return this.#readyAt;
    const { intervalMs, repeatMs } = this.#timing;
    return this.toldAt + (this.#hasNews() ? intervalMs : repeatMs);
  }

  /** What it says now; from then on it counts as told. */
  speak(now: number): GroupMessage {
    const isRepeat = !this.#hasNews();
    const alerts = [...this.alerts].sort(byStateAndBeginning);
    this.toldAt = now;
    for (const [print, { endsAtMs }] of alerts) {
      if (endsAtMs === undefined) this.told.add(print);
      else this.#forget(print);
    }
    return { group: this.key, labels: this.labels, alerts, isRepeat };
  }

  #forget(print: string): void {
    this.alerts.delete(print);
    this.told.delete(print);
  }

  /** An alert that was not told, or one that was and ended. */
  #hasNews(): boolean {
    for (const [print, { endsAtMs }] of this.alerts)
      if (endsAtMs !== undefined || !this.told.has(print)) return true;
    return false;
  }
}

function byStateAndBeginning([aPrint, a]: KnownAlert, [bPrint, b]: KnownAlert): number {
  const isOver = ({ endsAtMs }: Alert) => Number(endsAtMs !== undefined);
  return isOver(a) - isOver(b) || a.startsAtMs - b.startsAtMs || (aPrint < bPrint ? -1 : 1);
}
