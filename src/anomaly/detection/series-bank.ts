import { SightlineError } from '../../domain/errors.ts';
import type { SeriesState } from './alarm-states.ts';
import { components } from './peak-tails.ts';
import { kindCodes, type SeriesKind } from './residual.ts';
import { SeriesJudge } from './series-judge.ts';

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
  /** Values far from the forecast, over many ticks or by the laws of counts over the last few. */
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
/** Values beyond it are refused: their squares would not fit 32 bits. */
const largest = 1e18;

/**
 * Watches many series of one clock for abrupt changes and slow ones, in columns: 1.3 KB a series, nothing allocated for
 * one that is quiet. Each value is compared with a forecast of the next tick and with a baseline of seven days, and how
 * surprising that is with the own past of the series. Both stand still while a change is suspected or alarmed about. An
 * alarm ends five ticks or so after the values are usual again; what changes lastingly is taken as usual after a while.
 *
 * @example
 * const bank = new SeriesBank({ falseAlarmsPerDay: 1 });
 * const requests = bank.add({ kind: 'count', direction: 'down' });
 * bank.tick(Float64Array.of(1012), Float64Array.of(0), Date.now()); // [], and [0] when its state changed
 */
export class SeriesBank {
  /** How many series find room. */
  readonly maxSeries: number;
  readonly #judge: SeriesJudge;
  readonly #kinds: Uint8Array;

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
    const times = { warmUpTicks, refractoryTicks, acceptTicks };
    this.#judge = new SeriesJudge(maxSeries, {
      tickSeconds,
      falseAlarmsPerDay,
      fastTicks,
      ...times,
    });
    this.#kinds = new Uint8Array(maxSeries).fill(free);
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
    return this.#judge.bytes + this.#kinds.byteLength;
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
    this.#judge.clear(series, directionCodes[direction]);
    this.#live++;
    this.#end = Math.max(this.#end, series + 1);
    this.#judge.thresholds.sort(series, this.#kinds[series], false);
    this.#judge.thresholds.calibrate();
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
    return this.#judge.alarms.name(series);
  }

  /** Side of the present alarm, or of the last one. */
  direction(series: number): 1 | -1 {
    this.#check(series);
    return this.#judge.side(series);
  }

  /**
   * How anomalous the last tick was, 0 for not at all: the surprise of all evidence together. An anomaly that lasts is
   * told when it begins and when it grows to twice; in between, and without a value, this is 0.
   */
  surprise(series: number): number {
    this.#check(series);
    return this.#judge.evidence.score(series);
  }

  /** The surprise of each kind of evidence as it stands, whatever its side. */
  evidence(series: number): SeriesEvidence {
    this.#check(series);
    const of = (component: number): number => this.#judge.tails.surprise(series, component);
    const c = components;
    return {
      percentile: Math.max(of(c.percentileUp), of(c.percentileDown)),
      fast: Math.max(of(c.fastUp), of(c.fastDown), of(c.direct)),
      slow: Math.max(of(c.slowUp), of(c.slowDown)),
      novelty: of(c.novelty),
      level: of(c.level),
    };
  }

  /** The surprise from which on the series is alarmed. */
  threshold(series: number): number {
    this.#check(series);
    return this.#judge.threshold(series);
  }

  /** What the last tick should have shown: a level, events, or hits a trial. NaN before the first value. */
  expected(series: number): number {
    this.#check(series);
    const { forecast } = this.#judge.baselines;
    return forecast.ticks(series) > 0 ? forecast.expected(series) : Number.NaN;
  }

  /** When the change of the present alarm, or of the last one, probably began; 0 before the first alarm. */
  onsetMs(series: number): number {
    this.#check(series);
    return this.#judge.onsetMs(series);
  }

  /** Whether a series that was regular has been without a value for more than a quarter of the fast window. */
  isSilent(series: number): boolean {
    this.#check(series);
    return this.#judge.isSilent(series);
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
    if (this.#judge.thresholds.pass()) this.#calibrate();
    this.#turnHalfHour(this.#lastMs, atMs);
    this.#lastMs = atMs;
    this.#judge.setClock(atMs);
    for (let series = 0; series < this.#end; series++) {
      if (this.#kinds[series] === free) continue;
      this.#read(series, values[series], trials[series]);
      this.#take(series);
    }
    return this.#changed;
  }

  #turnHalfHour(lastMs: number, atMs: number): void {
    const [last, now] = [Math.floor((lastMs * 2) / hourMs), Math.floor((atMs * 2) / hourMs)];
    if (now === last || lastMs < 0) return;
    for (let series = 0; series < this.#end; series++)
      if (this.#kinds[series] !== free) this.#judge.baselines.turnHalfHour(series, last, now);
  }

  #calibrate(): void {
    const { thresholds } = this.#judge;
    thresholds.clear();
    for (let series = 0; series < this.#end; series++)
      if (this.#kinds[series] !== free)
        thresholds.sort(series, this.#kinds[series], this.#judge.isRough(series));
    thresholds.calibrate();
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

  #take(series: number): void {
    const { kind, value, trials } = this.#sample;
    if (!Number.isNaN(value)) {
      if (this.#judge.observe(series, this.#sample)) this.#changed.push(series);
      return;
    }
    // A ratio without trials is no gap: where little happens, that is what happens.
    this.#judge.miss(series, !(kind === kindCodes.ratio && trials === 0));
  }

  #check(series: number): void {
    if (!(this.#kinds[series] < free))
      throw new SightlineError(
        'SL_DATA_INVALID',
        `series is ${series}, expected one that was added`,
      );
  }
}

/** Throws SL_DATA_INVALID for an option that is not positive and finite. */
function checkOptions(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new SightlineError('SL_DATA_INVALID', `${name} is ${value}, expected more than 0`);
}
