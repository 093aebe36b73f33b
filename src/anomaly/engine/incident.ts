import type { Anomaly, AnomalyCause, AnomalySeries } from '../../domain/anomaly.ts';
import type { WatchedSeries } from '../watched-series.ts';

/** What a series does at the moment. */
export interface SeriesNow {
  readonly state: 'quiet' | 'pending' | 'firing' | 'refractory';
  readonly direction: 'up' | 'down';
  readonly actual: number;
  readonly expected: number;
  readonly surprise: number;
  readonly onsetMs: number;
}

/** What was found of why. */
export interface Explanation {
  readonly causes: readonly AnomalyCause[];
  readonly explainedShare: number;
  readonly isUnexplained: boolean;
}

/** Series shown of one anomaly. */
const maxShown = 16;
/** Ticks after firing at which the cause is looked for again, as there is more to see. */
const secondLooks = [1, 2, 4, 8, 16, 32];

const unexplained: Explanation = { causes: [], explainedShare: 0, isUnexplained: true };

/** All series that moved together, of one measure and direction, from the first that is pending to the last that is quiet. */
export class Incident {
  readonly id: string;
  readonly measure: string;
  readonly direction: 'up' | 'down';
  state: Anomaly['state'] = 'pending';
  /** The series by their place in the bank. */
  readonly members = new Map<number, WatchedSeries>();
  #shown: readonly AnomalySeries[] = [];
  #startedAtMs: number;
  #firedAtMs: number | undefined;
  #resolvedAtMs: number | undefined;
  #explanation = unexplained;
  #causeLabels: Readonly<Record<string, string>> | undefined;
  #ticksFiring = 0;

  constructor(id: string, of: { measure: string; direction: 'up' | 'down'; atMs: number }) {
    this.id = id;
    this.measure = of.measure;
    this.direction = of.direction;
    this.#startedAtMs = of.atMs;
  }

  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** Moves on by a tick; answers whether anything that others see has changed. */
  follow(look: (series: number) => SeriesNow, atMs: number): boolean {
    const before = this.state;
    const isNew = this.#shown.length === 0;
    const active = [...this.members].flatMap(([place, series]) => {
      const now = look(place);
      const isActive =
        (now.state === 'firing' || now.state === 'pending') && now.direction === this.direction;
      return isActive ? [{ series, now }] : [];
    });
    const firing = active.filter(({ now }) => now.state === 'firing');
    if (active.length === 0) this.#resolve(atMs);
    else {
      active.sort((a, b) => b.now.surprise - a.now.surprise);
      this.#shown = active.slice(0, maxShown).map(shownOf);
      const [leading] = firing.length > 0 ? firing : active;
      if (this.#firedAtMs === undefined) this.#startedAtMs = Math.min(leading.now.onsetMs, atMs);
    }
    if (firing.length > 0 && before === 'pending') {
      this.state = 'firing';
      this.#firedAtMs = atMs;
    }
    if (this.state === 'firing') this.#ticksFiring += 1;
    return isNew || this.state !== before || this.#isStillUnexplained;
  }

  /** Whether it is looked at for the second time, and the first look found nothing: it is then told as it is. */
  get #isStillUnexplained(): boolean {
    return this.#ticksFiring === 2 && this.#explanation.causes.length === 0;
  }

  /** Whether this tick is one at which the cause should be looked for. */
  get isWorthALook(): boolean {
    if (this.state !== 'firing') return false;
    return this.#ticksFiring === 1 || secondLooks.includes(this.#ticksFiring - 1);
  }

  /** Takes an explanation over unless a better one is known; answers whether it did. */
  explain(found: Explanation): boolean {
    const known = this.#explanation;
    const isBetter =
      found.causes.length > 0 &&
      (known.causes.length === 0 || found.explainedShare >= known.explainedShare - 0.1);
    if (!isBetter) return false;
    this.#explanation = found;
    return true;
  }

  /** How it looks to others; traces are added on the main thread. */
  show(): Anomaly {
    const { causes } = this.#explanation;
    // Before the second look the alert is not told, so it has no labels to keep.
    const isTold = causes.length > 0 || this.#ticksFiring > 1;
    if (this.state === 'firing' && isTold) this.#causeLabels ??= causes[0]?.labels ?? {};
    return {
      id: this.id,
      measure: this.measure,
      state: this.state,
      direction: this.direction,
      startedAtMs: this.#startedAtMs,
      firedAtMs: this.#firedAtMs,
      resolvedAtMs: this.#resolvedAtMs,
      series: this.#shown,
      causeLabels: this.#causeLabels ?? {},
      ...this.#explanation,
      traceIds: [],
    };
  }

  #resolve(atMs: number): void {
    this.state = 'resolved';
    this.#resolvedAtMs = atMs;
  }
}

function shownOf({ series, now }: { series: WatchedSeries; now: SeriesNow }): AnomalySeries {
  const { actual, expected, surprise, direction } = now;
  return { name: series.name, labels: series.labels, direction, actual, expected, surprise };
}
