/** Bounds of a concurrency limit, in requests, and how much slower than usual is still well. */
export interface GradientOptions {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  /** Times the usual time of a request, 1 or more. */
  readonly tolerance: number;
}

/** Requests that may wait beside those that run. */
const queueSize = 4;
/** Weight of a new limit against the one before. */
const smoothing = 0.2;
/** Windows that the usual time remembers, and those at the start that count alike. */
const longWindows = 600;
const warmUpWindows = 10;
/** A window lasts at least so long and has at least so many requests. */
const windowMs = 1000;
const windowSamples = 10;

/**
 * Follows how many requests may run at once. Once a window the limit becomes
 * `limit · max(0.5, min(1, tolerance · long / short)) + 4`, smoothed by 0.2: `short` is the mean time of a request in
 * the window, `long` its exponential average over 600 windows. It stays as it is while under half of it is used, so
 * calm hours teach nothing. O(1) a request.
 *
 * Source: Gradient2 of Netflix concurrency-limits, from its published description.
 *
 * @example
 * const limit = new GradientLimit({ min: 20, max: 200, initial: 100, tolerance: 1.5 });
 * limit.add(12, 60, 1000); // a request took 12 ms beside 59 others and ended at 1000 ms
 * limit.limit; // 100
 */
export class GradientLimit {
  readonly #options: GradientOptions;
  #estimate: number;
  #longMs = 0;
  #windows = 0;
  #sumMs = 0;
  #samples = 0;
  #mostInFlight = 0;
  #windowStartedAt = 0;

  constructor(options: GradientOptions) {
    this.#options = options;
    this.#estimate = options.initial;
  }

  /** Requests that may run at once; whole, from `min` to `max`. */
  get limit(): number {
    return Math.floor(this.#estimate);
  }

  /** Takes the time of a request that ended at `nowMs`; `inFlight` counts those that ran then, itself included. */
  add(tookMs: number, inFlight: number, nowMs: number): void {
    if (this.#samples === 0) this.#windowStartedAt = nowMs;
    this.#sumMs += tookMs;
    this.#samples += 1;
    if (inFlight > this.#mostInFlight) this.#mostInFlight = inFlight;
    if (this.#samples < windowSamples || nowMs - this.#windowStartedAt < windowMs) return;
    this.#endWindow(this.#sumMs / this.#samples);
    this.#sumMs = 0;
    this.#samples = 0;
    this.#mostInFlight = 0;
  }

  #endWindow(shortMs: number): void {
    // A clock too coarse for such requests, or one that jumped, says nothing of them.
    if (!(shortMs > 0 && shortMs < Number.POSITIVE_INFINITY)) return;
    this.#remember(shortMs);
    if (this.#mostInFlight < this.#estimate / 2) return;
    const { min, max, tolerance } = this.#options;
    const gradient = Math.max(0.5, Math.min(1, (tolerance * this.#longMs) / shortMs));
    const next = this.#estimate * gradient + queueSize;
    const smoothed = this.#estimate * (1 - smoothing) + next * smoothing;
    this.#estimate = Math.max(min, Math.min(max, smoothed));
  }

  #remember(shortMs: number): void {
    this.#windows += 1;
    const weight = this.#windows <= warmUpWindows ? 1 / this.#windows : 2 / (longWindows + 1);
    this.#longMs += (shortMs - this.#longMs) * weight;
    // After long overload the average would take minutes to come down by itself.
    if (this.#longMs / shortMs > 2) this.#longMs *= 0.95;
  }
}
