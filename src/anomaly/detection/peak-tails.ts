import { cusumArl } from '../../math/cusum-arl.ts';

/** The statistics kept for each series, by their place in a row. */
export const components = {
  percentileUp: 0,
  percentileDown: 1,
  fastUp: 2,
  fastDown: 3,
  slowUp: 4,
  slowDown: 5,
  direct: 6,
  level: 7,
  novelty: 8,
} as const;

const componentCount = 9;
/** The first of them may alarm; novelty, which a single value can show, only adds to the score. */
export const alarmCount = 8;

/** What is believed of the peaks of a statistic before the series has a past. */
interface Prior {
  /** Peaks below it are not told apart. */
  readonly floor: number;
  /** Mean excess of a peak over the floor. */
  readonly excess: number;
  /** Peaks a tick. */
  readonly rate: number;
  /** How many peaks the belief is worth. */
  readonly weight: number;
}

const percentile: Prior = { floor: 2, excess: 0.8, rate: 0.008, weight: 20 };
/** Noise known from few ticks may be so many times what it seems. */
const slack = 1.3;
const fast: Prior = { ...normalPeaks({ k: 1, floor: 2 }), weight: 20 };
/** A surprise in decades falls by a decade each, as its name says. */
const direct: Prior = { floor: 2, excess: Math.LOG10E, rate: 0.01, weight: 200 };
const slow: Prior = { floor: 4, excess: 8, rate: 0.01, weight: 3 };
const novelty: Prior = { floor: 0.25, excess: 1, rate: 0.01, weight: 3 };
const level: Prior = { floor: 0.5, excess: 0.5, rate: 0.005, weight: 3 };
const priors = [percentile, percentile, fast, fast, slow, slow, direct, level, novelty];
const floors = Float64Array.from(priors, (prior) => prior.floor);
const weights = Float64Array.from(priors, (prior) => prior.weight);
const sums = Float64Array.from(priors, (prior) => prior.weight * prior.excess);
const spans = Float64Array.from(priors, (prior) => prior.weight / prior.rate);

/**
 * Peaks of a CUSUM of normal noise over a floor: one a run, so as many as there are runs to the floor, and falling with
 * the height as fast as the average run length rises.
 */
function normalPeaks({ k, floor }: { k: number; floor: number }): Omit<Prior, 'weight'> {
  const runs = (h: number) => cusumArl({ h: h / slack, k: k / slack });
  const far = floor + 10;
  return { floor, excess: 10 / Math.log(runs(far) / runs(floor)), rate: 1 / runs(floor) };
}

/** Ticks after which the past counts half, 14 days of 30 s. */
const memoryTicks = 40_320;

/**
 * Statistics that rise and fall, and how high their peaks were so far, for many series. A statistic such as a CUSUM
 * has an exponential tail whatever its input, with a rate that depends on the noise; the rate is learned from the
 * excess of each peak over a floor. The surprise of a height is minus the decimal logarithm of the rate of such peaks
 * in ticks⁻¹, by the predictive distribution of an exponential law with a gamma prior (Lomax; Gelman et al., Bayesian
 * Data Analysis, 2.6): (1 + x / Σ)^-n, wide while few peaks are known. 16 bytes a statistic and series.
 */
export class PeakTails {
  /** Rows of `componentCount`. */
  readonly #heights: Float32Array;
  readonly #peaks: Float32Array;
  readonly #counts: Float32Array;
  readonly #sums: Float32Array;
  readonly #watched: Float32Array;

  constructor(series: number) {
    this.#heights = new Float32Array(series * componentCount);
    this.#peaks = new Float32Array(series * componentCount);
    this.#counts = new Float32Array(series * componentCount);
    this.#sums = new Float32Array(series * componentCount);
    this.#watched = new Float32Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#heights.byteLength * 4 + this.#watched.byteLength;
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    const row = series * componentCount;
    this.#counts.fill(0, row, row + componentCount);
    this.#sums.fill(0, row, row + componentCount);
    this.#watched[series] = 0;
    this.reset(series);
  }

  /** Lets every statistic of a series start from 0 again; what is known of its peaks stays. */
  reset(series: number): void {
    const row = series * componentCount;
    this.#heights.fill(0, row, row + componentCount);
    this.#peaks.fill(0, row, row + componentCount);
  }

  /** One more tick of a series was watched. */
  watch(series: number): void {
    const watched = this.#watched[series] + 1;
    this.#watched[series] = watched;
    if (watched < memoryTicks) return;
    this.#watched[series] = watched / 2;
    const row = series * componentCount;
    for (let c = row; c < row + componentCount; c++) {
      this.#counts[c] /= 2;
      this.#sums[c] /= 2;
    }
  }

  /** Ticks that are known of a series, older ones counted less. */
  watched(series: number): number {
    return this.#watched[series];
  }

  /** Present height of a statistic. */
  height(series: number, component: number): number {
    return this.#heights[series * componentCount + component];
  }

  /**
   * Sets a statistic, and learns its last peak where it has come down; one whose surprise is above `ceiling` does not
   * rise. Answers the surprise.
   */
  set(series: number, component: number, height: number, ceiling: number): number {
    const at = series * componentCount + component;
    const before = this.#heights[at];
    const excess = height - floors[component];
    const peak = this.#peaks[at];
    if (excess > 0) {
      const surprise = this.#surprise(series, component, excess);
      if (surprise > ceiling && height > before && before > floors[component])
        return this.#surprise(series, component, before - floors[component]);
      this.#heights[at] = height;
      if (excess > peak) this.#peaks[at] = excess;
      return surprise;
    }
    this.#heights[at] = height;
    if (peak > 0) this.#learn(at, peak);
    return 0;
  }

  #learn(at: number, peak: number): void {
    this.#counts[at] += 1;
    this.#sums[at] += peak;
    this.#peaks[at] = 0;
  }

  /** Learns the peaks of a series that did not come down yet. */
  learn(series: number): void {
    const row = series * componentCount;
    for (let at = row; at < row + componentCount; at++)
      if (this.#peaks[at] > 0) this.#learn(at, this.#peaks[at]);
  }

  /** Mean excess of the peaks of a statistic. */
  excess(series: number, component: number): number {
    const at = series * componentCount + component;
    return (this.#sums[at] + sums[component]) / (this.#counts[at] + weights[component]);
  }

  /** Surprise of the present height of a statistic. */
  surprise(series: number, component: number): number {
    const excess = this.height(series, component) - floors[component];
    return excess > 0 ? this.#surprise(series, component, excess) : 0;
  }

  #surprise(series: number, component: number, excess: number): number {
    const at = series * componentCount + component;
    const count = this.#counts[at] + weights[component];
    const sum = this.#sums[at] + sums[component];
    const span = this.#watched[series] + spans[component];
    return Math.log10(span / count) + count * Math.log1p(excess / sum) * Math.LOG10E;
  }
}
