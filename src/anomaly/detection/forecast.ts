import { kindCodes, type Sample } from './residual.ts';

/** Weight of a new value in the expected one, where enough happens in a tick. */
const gain = 0.05;
const leastGain = 1 / 2000;
/** Events that the expected value is to rest on. */
const eventsToLearn = 20;
/** Most that a tick of a ratio weighs, in usual ticks. */
const mostShare = 2;
const noiseGain = 1 / 480;
/** Outliers count as so many standard deviations. */
const clip = 4;
/** Ticks before outliers can be told. */
const firstTicks = 5;
/** What is left of the slope of a frozen forecast from tick to tick. */
const slopeKept = 0.97;
/** Most of a residual that is taken to come back in the next. */
const mostCarried = 0.95;
/** A level is never taken to be steadier than this share of itself. */
const leastSpread = 1e-3;

/**
 * What the next value of many series should be: a level with a slope (the g-h filter, Holt's linear method, with
 * critical damping h = g² / 4), and how far values lie from it. Residuals of neighbouring ticks resemble each other
 * (autocorrelation), so the share of the last residual that comes back is taken out before they are standardised.
 */
export class Forecast {
  readonly #levels: Float32Array;
  readonly #slopes: Float32Array;
  readonly #lasts: Float32Array;
  readonly #squares: Float32Array;
  readonly #products: Float32Array;
  readonly #variances: Float32Array;
  readonly #trials: Float32Array;
  readonly #ticks: Float32Array;

  constructor(series: number) {
    this.#levels = new Float32Array(series);
    this.#slopes = new Float32Array(series);
    this.#lasts = new Float32Array(series);
    this.#squares = new Float32Array(series);
    this.#products = new Float32Array(series);
    this.#variances = new Float32Array(series);
    this.#trials = new Float32Array(series);
    this.#ticks = new Float32Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#levels.byteLength * 8;
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    this.#slopes[series] = 0;
    this.#lasts[series] = 0;
    this.#squares[series] = 0;
    this.#products[series] = 0;
    this.#variances[series] = 0;
    this.#ticks[series] = 0;
  }

  /** Ticks learned since the last start. */
  ticks(series: number): number {
    return this.#ticks[series];
  }

  /** What the next value, or the present one, should be. */
  expected(series: number): number {
    return this.#levels[series];
  }

  /** Carries the level to the next tick. A frozen one goes on along its slope, which fades. */
  step(series: number, season: number, frozen: boolean): void {
    if (frozen) this.#slopes[series] *= slopeKept;
    this.#levels[series] += this.#slopes[series] + season;
  }

  /** Adds to the slope. */
  tilt(series: number, slope: number): void {
    this.#slopes[series] += slope;
  }

  /** The standardised residual of a value. */
  innovation(series: number, kind: number, residual: number): number {
    const fresh = residual - this.carried(series) * this.#lasts[series];
    return fresh / this.#scale(series, kind);
  }

  /** A residual in standard deviations of all residuals, whatever of it was to be expected from the last one. */
  standardise(series: number, kind: number, residual: number): number {
    const scale = this.#scale(series, kind);
    return residual / Math.max(scale, this.spread(series));
  }

  /** Standard deviation of a residual as it was measured: 0 where there is no noise, below 1 where few events are. */
  spread(series: number): number {
    return Math.sqrt(this.#squares[series]);
  }

  /** Usual trials of a ratio. */
  usualTrials(series: number): number {
    return this.#trials[series];
  }

  /** Ticks that the expected value rests on: a mean of so many is as sure. */
  memory(series: number, kind: number): number {
    return Math.min(this.#ticks[series], 2 / this.#gain(series, kind) - 1);
  }

  /** Share of the last residual that comes back, 0 to 0.95. */
  carried(series: number): number {
    const share = this.#products[series] / this.#squares[series];
    return share > 0 ? Math.min(share, mostCarried) : 0;
  }

  /** Standard deviation of a residual; for counts and ratios in units of Poisson or binomial noise, at least 1. */
  #scale(series: number, kind: number): number {
    const scale = Math.sqrt(this.#variances[series]);
    if (kind !== kindCodes.level) return Math.max(scale, 1);
    return Math.max(scale, leastSpread * Math.abs(this.#levels[series]), 1e-30);
  }

  /** Passes a value on as the last one without learning from it. */
  pass(series: number, kind: number, residual: number): void {
    this.#lasts[series] = this.#clipped(series, kind, residual);
  }

  #clipped(series: number, kind: number, residual: number): number {
    const floor = this.#scale(series, kind);
    const most = clip * Math.max(Math.sqrt(this.#squares[series]), floor);
    return Math.min(Math.max(residual, -most), most);
  }

  /** Learns a value that lies `residual` from the expected one. The first of all is taken as it is. */
  learn(series: number, sample: Sample, residual: number): void {
    const ticks = this.#ticks[series] + 1;
    this.#ticks[series] = Math.min(ticks, 1e6);
    if (ticks === 1) {
      this.#levels[series] = sample.value;
      this.#trials[series] = sample.trials;
      return;
    }
    const bounded = ticks < firstTicks ? residual : this.#clipped(series, sample.kind, residual);
    this.#learnNoise(series, sample.kind, { residual, bounded });
    this.#learnLevel(series, sample, residual === 0 ? 0 : bounded / residual);
    this.#lasts[series] = bounded;
  }

  #learnNoise(
    series: number,
    kind: number,
    residuals: { residual: number; bounded: number },
  ): void {
    const { residual, bounded } = residuals;
    const ticks = this.#ticks[series];
    const rate = Math.max(1 / ticks, noiseGain);
    const last = this.#lasts[series];
    const fresh = residual - this.carried(series) * last;
    const most = ticks < firstTicks ? Number.POSITIVE_INFINITY : clip * this.#scale(series, kind);
    const kept = Math.min(Math.max(fresh, -most), most);
    this.#variances[series] += rate * (kept * kept - this.#variances[series]);
    this.#squares[series] += rate * (bounded * bounded - this.#squares[series]);
    this.#products[series] += rate * (bounded * last - this.#products[series]);
  }

  /** `weight` is the share of the residual that an outlier keeps. */
  #learnLevel(series: number, { kind, value, trials }: Sample, weight: number): void {
    const level = this.#levels[series];
    const first = 1 / this.#ticks[series];
    const usual = this.#trials[series];
    const steady = this.#gain(series, kind);
    const share = kind === kindCodes.ratio ? Math.min(mostShare, trials / usual) : 1;
    const step = Math.max(first, steady) * share * weight * (value - level);
    this.#trials[series] += Math.max(first, gain) * (trials - usual);
    this.#levels[series] = level + step;
    // A slope needs more to rest on than a level: there is none at first, nor where little happens.
    if (first > steady || steady < gain) this.#slopes[series] = 0;
    else this.#slopes[series] += (gain / 4) * step;
  }

  /** Weight of a new value once enough of them are known: less where little happens. */
  #gain(series: number, kind: number): number {
    if (kind === kindCodes.level) return gain;
    const level = this.#levels[series];
    const happening = kind === kindCodes.count ? level : level * this.#trials[series];
    return Math.min(gain, Math.max(leastGain, happening / eventsToLearn));
  }
}
