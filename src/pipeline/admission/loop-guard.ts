/** What a loop guard is made with. */
export interface LoopGuardOptions {
  /** Delay of the event loop, in milliseconds, that may not stay. */
  readonly boundMs: number;
  readonly monotonic: () => number;
  /** Runs something when the present turn of the loop has served its sockets. */
  readonly afterTurn: (run: () => void) => void;
}

/** How long the delay must be beyond the bound, or well under it, before anything changes. */
const patienceMs = 100;
/** Part of the bound for which a turn serves while the loop is behind. */
const behindShare = 0.25;
/** How long every request must have come within the time of its turn before the loop is no longer behind. */
const calmMs = 1000;

/**
 * Knows whether the event loop is behind, and then how long its present turn has taken so far. In one thread requests
 * queue as sockets that are ready: all of them are served within one turn, so the length of a turn is what a request
 * waits. A single stall is no overload: the delay must stay beyond the bound for 100 ms. From then on a turn serves for a
 * quarter of the bound only, so that what stands in front of it drains; until no request came later in a turn for a
 * second and the delay is under half of the bound.
 *
 * Source: controlled delay, a long bound in good times and a short one while a queue stands (Maurer, Fail at Scale, 2015).
 *
 * @example
 * const guard = new LoopGuard({ boundMs: 50, monotonic, afterTurn: setImmediate });
 * guard.observe(80); // a timer was 80 ms late
 * guard.turnMs(); // 0: not for long enough
 */
export class LoopGuard {
  readonly boundMs: number;
  readonly #monotonic: () => number;
  readonly #afterTurn: (run: () => void) => void;
  readonly #endTurn = () => {
    this.#turnStartedAt = Number.NaN;
  };
  #delayMs = 0;
  #isBehind = false;
  /** Since when the delay speaks for a change; NaN while it does not. */
  #changingSince = Number.NaN;
  #turnStartedAt = Number.NaN;
  /** When a request last came after the time of its turn. */
  #overAt = Number.NEGATIVE_INFINITY;

  constructor({ boundMs, monotonic, afterTurn }: LoopGuardOptions) {
    this.boundMs = boundMs;
    this.#monotonic = monotonic;
    this.#afterTurn = afterTurn;
  }

  /** The delay that was seen last, in milliseconds. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** Whether the delay stayed beyond the bound and has not come down since. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Takes how late a timer was, in milliseconds. */
  observe(delayMs: number): void {
    this.#delayMs = delayMs;
    const now = this.#monotonic();
    const isChanging = this.#isBehind
      ? delayMs < this.boundMs / 2 && now - this.#overAt >= calmMs
      : delayMs > this.boundMs;
    if (!isChanging) this.#changingSince = Number.NaN;
    else if (Number.isNaN(this.#changingSince)) this.#changingSince = now;
    else if (now - this.#changingSince >= patienceMs) {
      this.#isBehind = !this.#isBehind;
      this.#changingSince = Number.NaN;
    }
  }

  /** Milliseconds for which a turn serves while the loop is behind. */
  get allowanceMs(): number {
    return behindShare * this.boundMs;
  }

  /** Milliseconds since the first request of this turn of the loop; 0 while the loop is not behind. */
  turnMs(): number {
    if (!this.#isBehind) return 0;
    const now = this.#monotonic();
    if (Number.isNaN(this.#turnStartedAt)) {
      this.#turnStartedAt = now;
      this.#afterTurn(this.#endTurn);
    }
    const turnMs = now - this.#turnStartedAt;
    if (turnMs > this.allowanceMs) this.#overAt = now;
    return turnMs;
  }
}
