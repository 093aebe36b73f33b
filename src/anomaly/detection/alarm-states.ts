/** Where a series is between two alarms. */
export type SeriesState = 'quiet' | 'pending' | 'firing' | 'refractory';

/** States as the columns hold them. */
export const stateCodes = { quiet: 0, pending: 1, firing: 2, refractory: 3 } as const;

const names = ['quiet', 'pending', 'firing', 'refractory'] as const;
const { quiet, pending, firing, refractory } = stateCodes;
/** Surprise at which a series is suspected, and at which suspicion ends. */
const [suspect, calm] = [3, 1.5];

/** How long the states last, in ticks. */
export interface AlarmTimes {
  readonly refractoryTicks: number;
  readonly acceptTicks: number;
}

/**
 * The alarm states of many series: quiet → pending → firing → refractory → quiet, with a lower surprise for the end of
 * a suspicion than for its beginning. 8 bytes a series.
 */
export class AlarmStates {
  readonly #states: Uint8Array;
  readonly #accepted: Uint8Array;
  readonly #ticks: Uint16Array;
  /** Largest surprise since the series is suspected. */
  readonly #peaks: Float32Array;
  readonly #times: AlarmTimes;

  constructor(series: number, times: AlarmTimes) {
    this.#states = new Uint8Array(series);
    this.#accepted = new Uint8Array(series);
    this.#ticks = new Uint16Array(series);
    this.#peaks = new Float32Array(series);
    this.#times = times;
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#states.length * 8;
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    this.#enter(series, quiet);
  }

  /** The state by its name. */
  name(series: number): SeriesState {
    return names[this.#states[series]];
  }

  /** The state as in `stateCodes`. */
  code(series: number): number {
    return this.#states[series];
  }

  /** Ticks in the present state. */
  ticks(series: number): number {
    return this.#ticks[series];
  }

  /** The largest surprise of the suspicion that has just ended; 0 after an alarm. */
  peak(series: number): number {
    return this.#peaks[series];
  }

  /** Whether the last alarm ended because it had lasted as long as it may. */
  wasAccepted(series: number): boolean {
    return this.#accepted[series] === 1;
  }

  /** Goes to the state that follows from the surprise of a tick; answers whether it is another one. */
  turn(series: number, surprise: number, threshold: number): boolean {
    this.#count(series);
    return this.#enterOther(series, this.#next(series, surprise, threshold));
  }

  /** As `turn`, while firing: goes on unless the alarm is over or has lasted as long as it may. */
  hold(series: number, isOver: boolean): boolean {
    this.#count(series);
    const isAccepted = !isOver && this.#ticks[series] >= this.#times.acceptTicks;
    this.#accepted[series] = isAccepted ? 1 : 0;
    return this.#enterOther(series, isOver || isAccepted ? refractory : firing);
  }

  #next(series: number, surprise: number, threshold: number): number {
    const state = this.#states[series];
    if (state === refractory) {
      this.#peaks[series] = 0;
      return this.#ticks[series] >= this.#times.refractoryTicks ? quiet : refractory;
    }
    this.#peaks[series] = state === pending ? Math.max(this.#peaks[series], surprise) : surprise;
    if (surprise > threshold) return firing;
    return surprise > (state === pending ? calm : suspect) ? pending : quiet;
  }

  #count(series: number): void {
    if (this.#ticks[series] < 65_535) this.#ticks[series]++;
  }

  #enterOther(series: number, state: number): boolean {
    if (state === this.#states[series]) return false;
    this.#enter(series, state);
    return true;
  }

  #enter(series: number, state: number): void {
    this.#states[series] = state;
    this.#ticks[series] = 0;
  }
}
