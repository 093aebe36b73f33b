import { SightlineError } from '../../domain/errors.ts';
import { AlarmStates, type SeriesState, stateCodes } from './alarm-states.ts';
import { Evidence } from './evidence.ts';
import { FastWindow } from './fast-window.ts';
import { Forecast } from './forecast.ts';
import { PastValues } from './past-values.ts';
import { components, PeakTails } from './peak-tails.ts';
import { kindCodes, residualOf, type SeriesKind } from './residual.ts';
import { SlowLevel } from './slow-level.ts';
import { SlowWindow } from './slow-window.ts';
import { Thresholds } from './thresholds.ts';

export type { SeriesState } from './alarm-states.ts';
export type { SeriesKind } from './residual.ts';

/** Which changes of a series are of interest. */
export type SeriesDirection = 'up' | 'down' | 'both';

/** What a bank is made for. */
export interface SeriesBankOptions {
  /** Time between two ticks; 30. */
  readonly tickSeconds?: number;
  /** For all series together while nothing is wrong; 1. */
  readonly falseAlarmsPerDay?: number;
  /** How many series find room; 1024. */
  readonly maxSeries?: number;
  /** Length of the fast window; 120. */
  readonly fastTicks?: number;
  /** Ticks of its own that a series must have before anything can be evidence; 20. */
  readonly warmUpTicks?: number;
  /** Ticks after an alarm in which the series gives no other; 20. */
  readonly refractoryTicks?: number;
  /** Ticks after which what an alarm is about becomes what is usual; 240. */
  readonly acceptTicks?: number;
}

/** Surprise of each kind of evidence: minus the decimal logarithm of how often a tick it comes. */
export interface SeriesEvidence {
  /** Values beyond the percentiles of the fast window. */
  readonly percentile: number;
  /** Values far from the forecast. */
  readonly fast: number;
  /** Values away from the baseline of seven days, each by little. */
  readonly slow: number;
  /** A value far from all that ever were. */
  readonly novelty: number;
  /** The mean of the last half hour or so, against the baseline of seven days. */
  readonly level: number;
}

/** What a bank did not take. */
export interface RefusedInput {
  /** Ticks whose time was not after the last one. */
  readonly ticks: number;
  /** Values that were infinite or beyond ±1e18, negative counts, and hits that were more than the trials. */
  readonly values: number;
}

const free = 255;
const directionCodes = { up: 1, down: 2, both: 3 } as const;
const hourMs = 3_600_000;
/** Ticks for which a suspicion keeps the baseline as it is. */
const suspicionTicks = 120;
/** Mean excess of the peaks of a fast CUSUM from which on noise is rough; it is 0.5 for normal noise. */
const roughExcess = 0.95;
/** Values beyond it are refused: their squares would not fit 32 bits. */
const largest = 1e18;

/**
 * Watches many series of one clock for abrupt changes and slow ones, in columns: 1.5 KB a series, nothing allocated by
 * a tick. Each value is compared with a forecast of the next tick and with a baseline of seven days, and how surprising
 * that is with the own past of the series. Both stand still while a change is suspected or alarmed about. What changes
 * lastingly is taken as usual after a while.
 *
 * @example
 * const bank = new SeriesBank({ falseAlarmsPerDay: 1 });
 * const requests = bank.add({ kind: 'count', direction: 'down' });
 * bank.tick(Float64Array.of(1012), Float64Array.of(0), Date.now()); // [], and [0] when its state changed
 */
export class SeriesBank {
  readonly maxSeries: number;
  readonly #tickMs: number;
  readonly #warmUpTicks: number;
  readonly #gapTicks: number;

  readonly #window: FastWindow;
  readonly #forecast: Forecast;
  readonly #slow: SlowLevel;
  readonly #season: SlowWindow;
  readonly #past: PastValues;
  readonly #tails: PeakTails;
  readonly #evidence: Evidence;
  readonly #thresholds: Thresholds;
  readonly #alarms: AlarmStates;

  readonly #kinds: Uint8Array;
  readonly #directions: Uint8Array;
  readonly #sides: Int8Array;
  readonly #missing: Uint16Array;
  readonly #onsets: Uint32Array;
  /** Whether the fast statistics suspect a change. */
  readonly #shaking: Uint8Array;

  readonly #changed: number[] = [];
  /** What is at hand of a series. */
  readonly #sample = { kind: 0, value: Number.NaN, trials: 0 };
  #live = 0;
  /** No series stands here or behind. */
  #end = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  #refusedTicks = 0;
  #refusedValues = 0;

  /** Throws SL_DATA_INVALID for an option that is not positive and finite. */
  constructor(options: SeriesBankOptions = {}) {
    const { tickSeconds = 30, falseAlarmsPerDay = 1, maxSeries = 1024, fastTicks = 120 } = options;
    const { warmUpTicks = 20, refractoryTicks = 20, acceptTicks = 240 } = options;
    checkOptions({ tickSeconds, falseAlarmsPerDay, maxSeries, fastTicks, warmUpTicks });
    checkOptions({ refractoryTicks, acceptTicks });
    this.maxSeries = maxSeries;
    this.#tickMs = tickSeconds * 1000;
    this.#warmUpTicks = warmUpTicks;
    this.#gapTicks = fastTicks / 4;
    this.#window = new FastWindow(maxSeries, fastTicks);
    this.#forecast = new Forecast(maxSeries);
    this.#slow = new SlowLevel(maxSeries, tickSeconds);
    this.#season = new SlowWindow(maxSeries);
    this.#past = new PastValues(maxSeries);
    this.#tails = new PeakTails(maxSeries);
    this.#evidence = new Evidence(maxSeries, this.#tails);
    this.#thresholds = new Thresholds(maxSeries, { tickSeconds, falseAlarmsPerDay });
    this.#alarms = new AlarmStates(maxSeries, { refractoryTicks, acceptTicks });
    this.#kinds = new Uint8Array(maxSeries).fill(free);
    this.#directions = new Uint8Array(maxSeries);
    this.#sides = new Int8Array(maxSeries);
    this.#missing = new Uint16Array(maxSeries);
    this.#onsets = new Uint32Array(maxSeries);
    this.#shaking = new Uint8Array(maxSeries);
  }

  /** How many series are watched. */
  get size(): number {
    return this.#live;
  }

  /** What was not taken since the start. */
  get refused(): RefusedInput {
    return { ticks: this.#refusedTicks, values: this.#refusedValues };
  }

  /** Bytes of all columns. */
  get bytes(): number {
    const columns = [this.#window, this.#forecast, this.#slow, this.#season, this.#past];
    const rest = [this.#tails, this.#evidence, this.#thresholds, this.#alarms];
    return [...columns, ...rest].reduce((sum, { bytes }) => sum + bytes, this.maxSeries * 10);
  }

  /** Begins to watch a series; answers its index. Throws SL_DATA_INVALID where `maxSeries` are watched. O(series). */
  add({ kind, direction }: { kind: SeriesKind; direction: SeriesDirection }): number {
    const series = this.#live < this.#end ? this.#kinds.indexOf(free) : this.#end;
    if (series >= this.maxSeries)
      throw new SightlineError(
        'SL_DATA_INVALID',
        `series bank holds ${this.#live} series, expected at most ${this.maxSeries - 1} to add one`,
      );
    this.#kinds[series] = kindCodes[kind];
    this.#directions[series] = directionCodes[direction];
    this.#missing[series] = 0;
    this.#onsets[series] = 0;
    this.#shaking[series] = 0;
    this.#past.clear(series);
    this.#tails.clear(series);
    this.#evidence.clear(series);
    this.#alarms.clear(series);
    this.#restart(series);
    this.#slow.clear(series);
    this.#season.clear(series);
    this.#live++;
    this.#end = Math.max(this.#end, series + 1);
    this.#thresholds.sort(series, this.#kinds[series], false);
    this.#thresholds.calibrate();
    return series;
  }

  /** Ends watching a series; its index will be given to another one. */
  remove(series: number): void {
    this.#check(series);
    this.#kinds[series] = free;
    this.#live--;
    this.#calibrate();
  }

  /** Where the series is between two alarms. */
  state(series: number): SeriesState {
    this.#check(series);
    return this.#alarms.name(series);
  }

  /** Side of the present alarm, or of the last one. */
  direction(series: number): 1 | -1 {
    this.#check(series);
    return this.#sides[series] < 0 ? -1 : 1;
  }

  /**
   * How anomalous the last tick was, 0 for not at all: the surprise of all evidence together. An anomaly that lasts is
   * told when it begins and when it grows to twice; in between, and without a value, this is 0.
   */
  surprise(series: number): number {
    this.#check(series);
    return this.#evidence.score(series);
  }

  /** The surprise of each kind of evidence as it stands, whatever its side. */
  evidence(series: number): SeriesEvidence {
    this.#check(series);
    const of = (component: number): number => this.#tails.surprise(series, component);
    const c = components;
    return {
      percentile: Math.max(of(c.percentileUp), of(c.percentileDown)),
      fast: Math.max(of(c.fastUp), of(c.fastDown), of(c.jumpUp), of(c.jumpDown)),
      slow: Math.max(of(c.slowUp), of(c.slowDown)),
      novelty: of(c.novelty),
      level: of(c.level),
    };
  }

  /** The surprise from which on the series is alarmed. */
  threshold(series: number): number {
    this.#check(series);
    return this.#thresholds.of(series, this.#tails.watched(series));
  }

  /** What the last tick should have shown: a level, events, or hits a trial. NaN before the first value. */
  expected(series: number): number {
    this.#check(series);
    return this.#forecast.ticks(series) > 0 ? this.#forecast.expected(series) : Number.NaN;
  }

  /** When the change of the present alarm, or of the last one, probably began; 0 before the first alarm. */
  onsetMs(series: number): number {
    this.#check(series);
    return this.#onsets[series] * 1000;
  }

  /** Whether a series that was regular has been without a value for more than a quarter of the fast window. */
  isSilent(series: number): boolean {
    this.#check(series);
    return (
      this.#missing[series] > this.#gapTicks && this.#forecast.ticks(series) >= this.#warmUpTicks
    );
  }

  /**
   * Takes one tick and answers the series whose state changed, in a list that the next call reuses. A level is any
   * number, a count the events since the last tick, a ratio the hits among `trials`. NaN stands for nothing measured,
   * and so does what cannot be; a ratio without trials says nothing. A tick not after the last one is not taken.
   * O(series · fastTicks).
   */
  tick(values: Float64Array, trials: Float64Array, atMs: number): readonly number[] {
    this.#changed.length = 0;
    if (!(atMs > this.#lastMs && atMs >= 0 && atMs < Number.POSITIVE_INFINITY)) {
      this.#refusedTicks++;
      return this.#changed;
    }
    this.#turnClock(this.#lastMs, atMs);
    this.#lastMs = atMs;
    this.#evidence.seconds = atMs / 1000;
    for (let series = 0; series < this.#end; series++) {
      if (this.#kinds[series] === free) continue;
      this.#read(series, values[series], trials[series]);
      if (Number.isNaN(this.#sample.value)) this.#miss(series);
      else this.#observe(series);
    }
    return this.#changed;
  }

  #turnClock(lastMs: number, atMs: number): void {
    if (this.#thresholds.pass()) this.#calibrate();
    const [last, now] = [Math.floor((lastMs * 2) / hourMs), Math.floor((atMs * 2) / hourMs)];
    if (now === last || lastMs < 0) return;
    const [lastHour, hour] = [last >> 1, now >> 1];
    for (let series = 0; series < this.#end; series++) {
      if (this.#kinds[series] === free) continue;
      if (hour !== lastHour) this.#season.turnHour(series, lastHour, hour);
      const isNew = this.#season.turnHalfHour(series, now, this.#slow.mean(series));
      // So far the slope of the forecast stood for the time of day.
      if (isNew) this.#forecast.tilt(series, -this.#seasonStep(series));
    }
  }

  #calibrate(): void {
    this.#thresholds.clear();
    const { fastUp, fastDown } = components;
    for (let series = 0; series < this.#end; series++) {
      if (this.#kinds[series] === free) continue;
      const isRough =
        this.#tails.excess(series, fastUp) > roughExcess ||
        this.#tails.excess(series, fastDown) > roughExcess;
      this.#thresholds.sort(series, this.#kinds[series], isRough);
    }
    this.#thresholds.calibrate();
  }

  /** Takes what is given of a series as the sample at hand; its value is NaN where there is none. */
  #read(series: number, value: number, trials: number): void {
    const kind = this.#kinds[series];
    const isRatio = kind === kindCodes.ratio;
    const isWrong =
      Math.abs(value) >= largest ||
      (kind !== kindCodes.level && value < 0) ||
      (isRatio && !(trials >= value && trials < largest));
    if (isWrong && !Number.isNaN(value)) this.#refusedValues++;
    this.#sample.kind = kind;
    this.#sample.trials = trials;
    if (isWrong) this.#sample.value = Number.NaN;
    else this.#sample.value = isRatio ? value / trials : value;
  }

  #miss(series: number): void {
    this.#forecast.step(series, this.#seasonStep(series), true);
    this.#evidence.skip(series);
    // A ratio without trials is no gap: where little happens, that is what happens.
    const isEmpty = this.#sample.kind === kindCodes.ratio && this.#sample.trials === 0;
    if (!isEmpty && this.#missing[series] < 65_535) this.#missing[series]++;
  }

  #seasonStep(series: number): number {
    return this.#season.step(series, this.#tickMs / hourMs);
  }

  #observe(series: number): void {
    if (this.#missing[series] > this.#gapTicks) this.#restart(series);
    this.#missing[series] = 0;
    const isFrozen = this.#isFrozen(series);
    const sample = this.#sample;
    this.#forecast.step(series, this.#seasonStep(series), isFrozen);
    const residual = residualOf(sample, this.#forecast.expected(series));
    const season = this.#season.season(series, (this.#lastMs / hourMs) % 0.5);
    const slowResidual = residualOf(sample, this.#slow.mean(series) + season);
    const isWarm = this.#forecast.ticks(series) >= this.#warmUpTicks;
    const threshold = this.#thresholds.of(series, this.#tails.watched(series));
    const isFiring = this.#alarms.code(series) === stateCodes.firing;
    const ceiling = isFiring ? threshold : Number.POSITIVE_INFINITY;
    this.#evidence.begin(series, this.#directions[series], ceiling);
    if (isWarm) this.#weigh(series, residual, slowResidual);
    this.#evidence.end();
    if (this.#alarms.turn(series, this.#evidence.top, threshold)) this.#changeState(series);
    this.#past.add(series, sample.value);
    if (isFrozen) this.#forecast.pass(series, sample.kind, residual);
    else {
      this.#forecast.learn(series, sample, residual);
      this.#slow.learn(series, sample, { season, residual: slowResidual });
      this.#season.add(series, sample.value);
    }
  }

  #weigh(series: number, residual: number, slowResidual: number): void {
    const { kind } = this.#sample;
    const score = this.#forecast.innovation(series, kind, residual);
    const slowScore = this.#slow.standardise(series, kind, slowResidual);
    const isFrozen = this.#isFrozen(series);
    if (this.#alarms.code(series) !== stateCodes.refractory) {
      if (!isFrozen) this.#tails.watch(series);
      this.#evidence.weighFast(kind, score);
      this.#shaking[series] =
        this.#evidence.top > this.#thresholds.of(series, this.#tails.watched(series)) / 2 ? 1 : 0;
      this.#evidence.weighPercentiles(this.#window, kind, score);
      const recent = this.#slow.recent(series);
      this.#evidence.weighSlow(slowScore, recent, this.#season.isKnown(series));
      this.#evidence.weighNovelty(this.#gap(series));
    }
    if (!isFrozen) this.#window.push(series, score);
  }

  /** Distance to the nearest value of the past in standard deviations. */
  #gap(series: number): number {
    const nearest = this.#past.nearest(series, this.#sample.value);
    if (!(Math.fround(this.#sample.value) !== nearest)) return 0;
    const { kind } = this.#sample;
    return residualOf(this.#sample, nearest) / this.#slow.scale(series, kind);
  }

  #changeState(series: number): void {
    this.#changed.push(series);
    const state = this.#alarms.code(series);
    if (state === stateCodes.firing) {
      this.#tails.learn(series);
      this.#thresholds.addAlarm(series);
      this.#sides[series] = this.#evidence.side;
      this.#onsets[series] = this.#evidence.onsetMs() / 1000;
    } else if (state === stateCodes.quiet) {
      if (this.#alarms.peak(series) > 0)
        this.#thresholds.addPeak(series, this.#alarms.peak(series));
    } else if (state === stateCodes.refractory) {
      this.#tails.reset(series);
      if (this.#alarms.wasAccepted(series)) this.#accept(series);
    }
  }

  /** Starts warming up again; what is known of seven days stays. */
  #restart(series: number): void {
    this.#window.clear(series);
    this.#forecast.clear(series);
    this.#tails.reset(series);
  }

  /** Takes what an alarm was about as usual: only the noise is still what it was. */
  #accept(series: number): void {
    this.#restart(series);
    this.#slow.move(series, this.#sample.value);
    this.#season.clear(series);
  }

  #check(series: number): void {
    if (!(this.#kinds[series] < free))
      throw new SightlineError(
        'SL_DATA_INVALID',
        `series is ${series}, expected one that was added`,
      );
  }

  #isFrozen(series: number): boolean {
    const state = this.#alarms.code(series);
    if (state !== stateCodes.pending) return state === stateCodes.firing;
    // A young forecast still learns its noise, and must not be held at the first guess.
    const isYoung = this.#forecast.ticks(series) < this.#window.size;
    return this.#shaking[series] === 1 && !isYoung && this.#alarms.ticks(series) < suspicionTicks;
  }
}

/** Throws SL_DATA_INVALID for an option that is not positive and finite. */
function checkOptions(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new SightlineError('SL_DATA_INVALID', `${name} is ${value}, expected more than 0`);
}
