/** Evidence of the end, in nats, that ends an alarm, and the most that one tick adds to it: so at least five ticks. */
const [enough, most] = [10, 2];
/** A change is taken to be at least so large and at most so, in standard deviations. */
const [smallest, largest] = [1, 4];

/**
 * The end of alarms of many series, judged on the present values: a CUSUM of the log-likelihood ratio that a value is
 * usual again, against the size that the change had when it was found (Page 1954). What is over is told after five
 * ticks, however far off it was; one usual tick in a change, or an odd one after it, decides nothing. 9 bytes a series.
 */
export class AlarmEnd {
  readonly #sizes: Float32Array;
  readonly #evidence: Float32Array;
  readonly #slow: Uint8Array;

  constructor(series: number) {
    this.#sizes = new Float32Array(series);
    this.#evidence = new Float32Array(series);
    this.#slow = new Uint8Array(series);
  }

  get bytes(): number {
    return this.#sizes.length * 9;
  }

  /** An alarm about a change of `size` standard deviations begins; a slow one is against the baseline of seven days. */
  begin(series: number, { size, isSlow }: { size: number; isSlow: boolean }): void {
    this.#sizes[series] = Math.min(Math.max(size, smallest), largest);
    this.#evidence[series] = 0;
    this.#slow[series] = isSlow ? 1 : 0;
  }

  /** Whether the alarm is about a slow change. */
  isSlow(series: number): boolean {
    return this.#slow[series] === 1;
  }

  /** Takes a value, standard deviations to the side of the alarm; answers whether the alarm is over. O(1). */
  weigh(series: number, score: number): boolean {
    const size = this.#sizes[series];
    const step = Math.min(size * (size / 2 - score), most);
    const evidence = Math.max(0, this.#evidence[series] + step);
    this.#evidence[series] = evidence;
    return evidence >= enough;
  }
}
