import { kindCodes, type Sample } from './residual.ts';

const clip = 4;
/** Weight of a new residual in the recent mean of residuals. */
const recentGain = 1 / 18;
/** Ticks that a value counts that was put there. */
const movedTicks = 20;
const daySeconds = 86_400;

/** What a value is compared with. */
interface Expected {
  readonly season: number;
  readonly residual: number;
}

/**
 * The usual value of many series over seven days, how far values lie from it, and where the last half hour lies. Means
 * are winsorised, so that one outlier moves nothing far. 16 bytes a series.
 */
export class SlowLevel {
  readonly #means: Float32Array;
  readonly #variances: Float32Array;
  readonly #recents: Float32Array;
  readonly #ticks: Float32Array;
  readonly #meanGain: number;
  readonly #scaleGain: number;

  constructor(series: number, tickSeconds: number) {
    this.#means = new Float32Array(series);
    this.#variances = new Float32Array(series);
    this.#recents = new Float32Array(series);
    this.#ticks = new Float32Array(series);
    this.#meanGain = tickSeconds / (7 * daySeconds);
    this.#scaleGain = tickSeconds / (2 * daySeconds);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#means.byteLength * 4;
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    this.#variances[series] = 0;
    this.#recents[series] = 0;
    this.#ticks[series] = 0;
  }

  /** Puts the usual value elsewhere, and learns it from there anew. */
  move(series: number, value: number): void {
    this.#means[series] = value;
    this.#recents[series] = 0;
    this.#ticks[series] = Math.min(this.#ticks[series], movedTicks);
  }

  /** The usual value, without the time of day. */
  mean(series: number): number {
    return this.#means[series];
  }

  /** Mean of the standardised residuals of the last half hour or so. */
  recent(series: number): number {
    return this.#recents[series];
  }

  /** Standard deviation of a residual, at least 1 for counts and ratios. */
  scale(series: number, kind: number): number {
    const scale = Math.sqrt(this.#variances[series]);
    if (kind !== kindCodes.level) return Math.max(scale, 1);
    return Math.max(scale, 1e-3 * Math.abs(this.#means[series]), 1e-30);
  }

  /** Standardises a residual, bounded to ±4, and takes it into the recent mean. */
  standardise(series: number, kind: number, residual: number): number {
    const score = Math.min(Math.max(residual / this.scale(series, kind), -clip), clip);
    this.#recents[series] += recentGain * (score - this.#recents[series]);
    return score;
  }

  /** Learns a value that lies `residual` from what was expected, `season` of which is the time of day. */
  learn(series: number, { kind, value }: Sample, { season, residual }: Expected): void {
    const ticks = this.#ticks[series] + 1;
    this.#ticks[series] = Math.min(ticks, 1e7);
    const first = 1 / ticks;
    if (ticks === 1) {
      this.#means[series] = value - season;
      return;
    }
    const most = ticks < 5 ? Number.POSITIVE_INFINITY : clip * this.scale(series, kind);
    const bounded = Math.min(Math.max(residual, -most), most);
    const weight = residual === 0 ? 0 : bounded / residual;
    const mean = this.#means[series];
    this.#means[series] = mean + Math.max(first, this.#meanGain) * weight * (value - season - mean);
    const variance = this.#variances[series];
    this.#variances[series] =
      variance + Math.max(first, this.#scaleGain) * (bounded * bounded - variance);
  }
}
