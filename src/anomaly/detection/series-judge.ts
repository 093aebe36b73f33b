import { AlarmEnd } from './alarm-end.ts';
import { AlarmStates, stateCodes } from './alarm-states.ts';
import { Baselines } from './baselines.ts';
import { DirectEvidence } from './direct-evidence.ts';
import { Evidence } from './evidence.ts';
import { FastWindow } from './fast-window.ts';
import { PastValues } from './past-values.ts';
import { components, PeakTails } from './peak-tails.ts';
import { kindCodes, residualOf, type Sample } from './residual.ts';
import { Thresholds } from './thresholds.ts';

/** Ticks for which a suspicion keeps the baseline as it is. */
const suspicionTicks = 120;
/** Mean excess of the peaks of a fast CUSUM from which on noise is rough; it is 0.5 for normal noise. */
const roughExcess = 0.95;
/** Standard deviations, and share of a level's values beyond it, from which on a value counts by itself. */
const [outScore, outShare] = [2.5, 0.02];

/** What a judge of so many series is made for. */
export interface SeriesJudgeOptions {
  readonly tickSeconds: number;
  readonly falseAlarmsPerDay: number;
  readonly fastTicks: number;
  readonly warmUpTicks: number;
  readonly refractoryTicks: number;
  readonly acceptTicks: number;
}

/**
 * Judges one value of one series at a time: what was to be expected, how surprising it is, and what follows for the
 * alarm; then learns it, unless a change is suspected or alarmed about. Holds all columns of the series.
 */
export class SeriesJudge {
  readonly baselines: Baselines;
  readonly tails: PeakTails;
  readonly evidence: Evidence;
  readonly thresholds: Thresholds;
  readonly alarms: AlarmStates;

  readonly #tickMs: number;
  readonly #warmUpTicks: number;
  readonly #gapTicks: number;
  readonly #window: FastWindow;
  readonly #past: PastValues;
  readonly #direct: DirectEvidence;
  readonly #ends: AlarmEnd;

  /** 1 for up, 2 for down, 3 for both. */
  readonly #wanted: Uint8Array;
  readonly #sides: Int8Array;
  readonly #missing: Uint16Array;
  readonly #onsets: Uint32Array;
  /** Whether the fast statistics suspect a change. */
  readonly #shaking: Uint8Array;
  /** What is at hand of a series. */
  #sample: Sample = { kind: 0, value: Number.NaN, trials: 0 };
  #atMs = 0;

  constructor(series: number, options: SeriesJudgeOptions) {
    this.#tickMs = options.tickSeconds * 1000;
    this.#warmUpTicks = options.warmUpTicks;
    this.#gapTicks = options.fastTicks / 4;
    this.#window = new FastWindow(series, options.fastTicks);
    this.baselines = new Baselines(series, options.tickSeconds);
    this.#past = new PastValues(series);
    this.#direct = new DirectEvidence(series, this.baselines.forecast);
    this.tails = new PeakTails(series);
    this.evidence = new Evidence(series, this.tails);
    this.thresholds = new Thresholds(series, options);
    this.alarms = new AlarmStates(series, options);
    this.#ends = new AlarmEnd(series);
    this.#wanted = new Uint8Array(series);
    this.#sides = new Int8Array(series);
    this.#missing = new Uint16Array(series);
    this.#onsets = new Uint32Array(series);
    this.#shaking = new Uint8Array(series);
  }

  /** Bytes of all columns. */
  get bytes(): number {
    const statistics = [this.tails, this.evidence, this.#direct, this.#window, this.#past];
    const columns = [...statistics, this.baselines, this.thresholds, this.alarms, this.#ends];
    return columns.reduce((sum, { bytes }) => sum + bytes, this.#wanted.length * 9);
  }

  /** A series that nothing is known of; `wanted` is 1 for up, 2 for down, 3 for both. */
  clear(series: number, wanted: number): void {
    this.#wanted[series] = wanted;
    this.#missing[series] = 0;
    this.#onsets[series] = 0;
    this.#shaking[series] = 0;
    this.#past.clear(series);
    this.tails.clear(series);
    this.evidence.clear(series);
    this.alarms.clear(series);
    this.#restart(series);
    this.baselines.clear(series);
  }

  /** Side of the present alarm, or of the last one. */
  side(series: number): 1 | -1 {
    return this.#sides[series] < 0 ? -1 : 1;
  }

  /** When the change of the present alarm, or of the last one, probably began; 0 before the first alarm. */
  onsetMs(series: number): number {
    return this.#onsets[series] * 1000;
  }

  /** Whether a series that is warm has been without a value for more than a quarter of the fast window. */
  isSilent(series: number): boolean {
    return this.#missing[series] > this.#gapTicks && this.#isWarm(series);
  }

  /** Whether the noise of a series has a heavy tail. */
  isRough(series: number): boolean {
    const { fastUp, fastDown } = components;
    return (
      Math.max(this.tails.excess(series, fastUp), this.tails.excess(series, fastDown)) > roughExcess
    );
  }

  /** The surprise from which on the series is alarmed. */
  threshold(series: number): number {
    return this.thresholds.of(series, this.tails.watched(series));
  }

  /** Sets the time of the ticks that follow. */
  setClock(atMs: number): void {
    this.#atMs = atMs;
    this.baselines.setClock(atMs);
    this.evidence.tick = Math.floor(atMs / this.#tickMs);
  }

  /** Nothing was measured; it is no gap where that is only because nothing happened. O(1). */
  miss(series: number, isGap: boolean): void {
    this.baselines.step(series, true);
    this.evidence.skip(series);
    if (isGap && this.#missing[series] < 65_535) this.#missing[series]++;
  }

  /** Judges a value and learns it; answers whether the state of the series changed. O(fastTicks). */
  observe(series: number, sample: Sample): boolean {
    this.#sample = sample;
    if (this.#missing[series] > this.#gapTicks) this.#restart(series);
    this.#missing[series] = 0;
    const isFrozen = this.#isFrozen(series);
    this.baselines.step(series, isFrozen);
    this.baselines.compare(series, sample);
    this.evidence.begin(series, this.#wanted[series], this.#ceiling(series));
    if (this.#isWarm(series)) this.#weigh(series);
    this.evidence.end();
    const isChange = this.#turn(series);
    if (isChange) this.#changeState(series);
    this.#past.add(series, sample.value);
    this.#direct.push(series, sample);
    this.baselines.learn(series, sample, isFrozen);
    return isChange;
  }

  /** An alarm that is on does not let the statistics rise any further. */
  #ceiling(series: number): number {
    const isFiring = this.alarms.code(series) === stateCodes.firing;
    return isFiring ? this.threshold(series) : Number.POSITIVE_INFINITY;
  }

  #weigh(series: number): void {
    const { kind } = this.#sample;
    const { forecast, slow, season, residual, slowResidual } = this.baselines;
    const score = forecast.innovation(series, kind, residual);
    const slowScore = slow.standardise(series, kind, slowResidual);
    const isFrozen = this.#isFrozen(series);
    if (this.alarms.code(series) !== stateCodes.refractory) {
      if (!isFrozen) this.tails.watch(series);
      this.evidence.weighFast(kind, score);
      this.#weighDirect(series);
      this.#shaking[series] = this.evidence.top > this.threshold(series) / 2 ? 1 : 0;
      this.evidence.weighPercentiles(this.#window, kind, score);
      this.evidence.weighSlow(slowScore, slow.recent(series), season.isKnown(series));
      this.evidence.weighNovelty(this.#gap(series));
    }
    if (!isFrozen) this.#window.push(series, score);
  }

  #weighDirect(series: number): void {
    const { forecast, residual } = this.baselines;
    const score = forecast.standardise(series, this.#sample.kind, residual);
    const surprise = this.#isOut(series, score)
      ? this.#direct.surprise(series, this.#sample, score)
      : 0;
    const settled = this.thresholds.settled(series);
    const young = this.threshold(series) - settled;
    this.evidence.weighDirect(score < 0 ? -surprise : surprise, settled, young);
  }

  /** Whether a value is so far out that a level is not often there, whatever its noise. */
  #isOut(series: number, score: number): boolean {
    if (Math.abs(score) < outScore) return false;
    if (this.#sample.kind !== kindCodes.level) return true;
    return this.#window.isReady(series) && this.#window.beyond(series, score, outShare) !== 0;
  }

  /** Distance to the nearest value of the past in standard deviations. */
  #gap(series: number): number {
    const nearest = this.#past.nearest(series, this.#sample.value);
    if (!(Math.fround(this.#sample.value) !== nearest)) return 0;
    const { kind } = this.#sample;
    return residualOf(this.#sample, nearest) / this.baselines.slow.scale(series, kind);
  }

  #turn(series: number): boolean {
    if (this.alarms.code(series) !== stateCodes.firing)
      return this.alarms.turn(series, this.evidence.top, this.threshold(series));
    const { kind } = this.#sample;
    const { forecast, slow, residual, slowResidual } = this.baselines;
    const score = this.#ends.isSlow(series)
      ? slowResidual / slow.scale(series, kind)
      : forecast.standardise(series, kind, residual);
    return this.alarms.hold(series, this.#ends.weigh(series, score * this.#sides[series]));
  }

  #changeState(series: number): void {
    const state = this.alarms.code(series);
    if (state === stateCodes.firing) this.#fire(series);
    else if (state === stateCodes.pending) this.#place(series);
    else if (state === stateCodes.quiet) {
      if (this.alarms.peak(series) > 0) this.thresholds.addPeak(series, this.alarms.peak(series));
    } else if (state === stateCodes.refractory) {
      this.tails.reset(series);
      if (this.alarms.wasAccepted(series)) this.#accept(series);
    }
  }

  #fire(series: number): void {
    const { evidence } = this;
    this.tails.learn(series);
    this.thresholds.addAlarm(series);
    this.#place(series);
    this.#ends.begin(series, { size: evidence.size(), isSlow: evidence.isSlow() });
  }

  /** Says which way the change goes and when it began. */
  #place(series: number): void {
    this.#sides[series] = this.evidence.side;
    this.#onsets[series] = (this.#atMs - this.evidence.age() * this.#tickMs) / 1000;
  }

  /** Starts warming up again; what is known of seven days stays. */
  #restart(series: number): void {
    this.#window.clear(series);
    this.baselines.forecast.clear(series);
    this.tails.reset(series);
    this.#direct.clear(series);
  }

  /** Takes what an alarm was about as usual: only the noise is still what it was. */
  #accept(series: number): void {
    this.#restart(series);
    this.baselines.accept(series, this.#sample.value);
  }

  #isWarm(series: number): boolean {
    return this.baselines.forecast.ticks(series) >= this.#warmUpTicks;
  }

  #isFrozen(series: number): boolean {
    const state = this.alarms.code(series);
    if (state !== stateCodes.pending) return state === stateCodes.firing;
    // A young forecast still learns its noise, and must not be held at the first guess.
    const isYoung = this.baselines.forecast.ticks(series) < this.#window.size;
    return this.#shaking[series] === 1 && !isYoung && this.alarms.ticks(series) < suspicionTicks;
  }
}
