import type { FastWindow } from './fast-window.ts';
import { alarmCount, components, type PeakTails } from './peak-tails.ts';
import { kindCodes } from './residual.ts';

/** Share of values beyond each of the two percentiles of the fast window. */
const share = 0.05;
/** Log-likelihood ratio of a value beyond its percentile and of another, at 10 % of them (usual) and 40 % (changed). */
const [beyond, within] = [Math.log(0.4 / 0.1), Math.log(0.6 / 0.9)];
/** Counts lie on a grid that moves under the percentiles: a value counts as beyond when it is by half a deviation. */
const grid = 0.5;
/** Reference values of the CUSUMs, and the largest step of each, all in standard deviations. */
const [fastReference, levelClip, countClip] = [1, 5, 6];
/** The slow one forgets, so that what was long ago does not add to what is now. */
const [slowReference, slowKept] = [0.3, 0.995];
const noveltyClip = 20;
/** The first statistics of a row are CUSUMs with a beginning. */
const cusums = 6;
/** Surprise from which on evidence other than novelty adds to the score by itself. */
const plain = 8;
/** A score is given when it is twice what is left of the last one, which halves in 100 ticks. */
const [scoreRatio, scoreKept] = [2, 0.5 ** (1 / 100)];

/**
 * What a tick says about a series: it moves the statistics, and keeps the greatest surprise among those that may
 * alarm. 20 bytes a series beside the statistics.
 */
export class Evidence {
  readonly #tails: PeakTails;
  /** Number of the tick, modulo 2¹⁶, at which each CUSUM was last 0. */
  readonly #zeros: Uint16Array;
  readonly #lastScores: Float32Array;
  readonly #scores: Float32Array;
  #series = 0;
  #ceiling = 0;
  #wanted = 0;
  #rest = 0;
  #sum = 0;
  /** Number of the present tick, counted by the clock. */
  tick = 0;
  /** Greatest surprise of the present tick in a direction that is wanted, and its statistic and side. */
  top = 0;
  component = 0;
  side: 1 | -1 = 1;

  constructor(series: number, tails: PeakTails) {
    this.#tails = tails;
    this.#zeros = new Uint16Array(series * cusums);
    this.#lastScores = new Float32Array(series);
    this.#scores = new Float32Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#zeros.byteLength + this.#scores.byteLength * 2;
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    this.#lastScores[series] = 0;
    this.#scores[series] = 0;
  }

  /**
   * Begins with a series. `wanted` is 1 for up, 2 for down, 3 for both; statistics whose surprise is above `ceiling`
   * only fall.
   */
  begin(series: number, wanted: number, ceiling: number): void {
    this.#series = series;
    this.#ceiling = ceiling;
    this.#wanted = wanted;
    this.top = 0;
    this.#rest = 0;
    this.#sum = 0;
  }

  /** Two-sided CUSUMs (Page 1954) of a standardised residual, bounded so that no single one alarms. */
  weighFast(kind: number, score: number): void {
    const clip = kind === kindCodes.level ? levelClip : countClip;
    this.#raise(components.fastUp, Math.min(score, clip) - fastReference);
    this.#raise(components.fastDown, Math.min(-score, clip) - fastReference);
  }

  /**
   * What the last ticks say by themselves, in decades; negative for downwards. What exceeds the threshold of a
   * `settled` series alarms a young one too, of which `young` more is asked otherwise: that the past is short is in it.
   */
  weighDirect(surprise: number, settled: number, young: number): void {
    const side = surprise < 0 ? -1 : 1;
    const known = this.#tails.set(this.#series, components.direct, surprise * side, this.#ceiling);
    this.#take(components.direct, known > settled ? known + young : known, side);
  }

  /** CUSUMs of the log-likelihood ratio that values lie beyond a percentile of the window more often than usual. */
  weighPercentiles(window: FastWindow, kind: number, score: number): void {
    if (!window.isReady(this.#series)) return;
    const moved = kind === kindCodes.level ? score : score - grid * Math.sign(score);
    const side = Math.abs(moved) < 1 ? 0 : window.beyond(this.#series, moved, share);
    this.#raise(components.percentileUp, side > 0 ? beyond : within);
    this.#raise(components.percentileDown, side < 0 ? beyond : within);
  }

  /** A forgetful CUSUM of the residual from the slow baseline, and the recent mean of such residuals. */
  weighSlow(score: number, recent: number, mayAlarm: boolean): void {
    const wanted = this.#wanted;
    // Before the times of day are known, morning and night are what the slow statistics find.
    if (!mayAlarm) this.#wanted = 0;
    this.#raise(components.slowUp, score - slowReference, slowKept);
    this.#raise(components.slowDown, -score - slowReference, slowKept);
    this.#put(components.level, Math.abs(recent), recent < 0 ? -1 : 1);
    this.#wanted = wanted;
  }

  /** The gap to the nearest value of the past, in standard deviations. To be weighed last. */
  weighNovelty(gap: number): void {
    this.#put(components.novelty, Math.min(Math.abs(gap), noveltyClip), gap < 0 ? -1 : 1);
  }

  /** Ticks since the change began that the top statistic shows. */
  age(): number {
    const isCusum = this.component < cusums;
    return this.#age(isCusum ? this.component : components.fastUp + (this.side > 0 ? 0 : 1));
  }

  /** Whether the top statistic compares with the baseline of seven days. */
  isSlow(): boolean {
    const { slowUp, slowDown, level } = components;
    return this.component === slowUp || this.component === slowDown || this.component === level;
  }

  /** Standard deviations by which the series has changed (Page's estimate: the mean slope of its CUSUM). */
  size(): number {
    const isSlow = this.isSlow();
    const up = isSlow ? components.slowUp : components.fastUp;
    const cusum = this.side > 0 ? up : up + 1;
    const height = this.#tails.height(this.#series, cusum);
    return (isSlow ? slowReference : fastReference) + height / Math.max(1, this.#age(cusum));
  }

  #age(cusum: number): number {
    return (this.tick - this.#zeros[this.#series * cusums + cusum]) & 0xffff;
  }

  /** How anomalous the last tick of a series was. */
  score(series: number): number {
    return this.#scores[series];
  }

  /**
   * Ends with the series: its score is the surprise of novelty, a tenth more for each unit of other evidence, and what
   * other evidence has above 8; 0 unless it is twice what is left of the last one, so that an anomaly is told once.
   * Novelty leads because most that goes wrong shows values that never were, and a sum of all evidence alike scores far
   * lower on NAB.
   */
  end(): void {
    const last = this.#lastScores[this.#series] * scoreKept;
    const isNew = this.#sum > scoreRatio * last;
    this.#scores[this.#series] = isNew ? this.#sum : 0;
    this.#lastScores[this.#series] = isNew ? this.#sum : last;
  }

  /** Nothing was measured. */
  skip(series: number): void {
    this.#scores[series] = 0;
  }

  #raise(component: number, step: number, kept = 1): void {
    const height = this.#tails.height(this.#series, component) * kept + step;
    if (height <= 0 && component < cusums)
      this.#zeros[this.#series * cusums + component] = this.tick;
    this.#put(component, Math.max(0, height), (component & 1) === 0 ? 1 : -1);
  }

  #put(component: number, height: number, side: 1 | -1): void {
    const surprise = this.#tails.set(this.#series, component, height, this.#ceiling);
    this.#take(component, surprise, side);
  }

  #take(component: number, surprise: number, side: 1 | -1): void {
    if (surprise === 0) return;
    this.#addToScore(component, surprise);
    const isWanted = (this.#wanted & (side > 0 ? 1 : 2)) !== 0;
    if (surprise <= this.top || !isWanted || component >= alarmCount) return;
    this.top = surprise;
    this.component = component;
    this.side = side;
  }

  #addToScore(component: number, surprise: number): void {
    if (component === components.novelty) this.#sum += surprise * (1 + this.#rest / 10);
    else {
      this.#rest += surprise;
      this.#sum += Math.max(0, surprise - plain);
    }
  }
}
