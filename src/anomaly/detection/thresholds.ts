import { FleetTail } from './fleet-tail.ts';
import { alarmCount } from './peak-tails.ts';

const daySeconds = 86_400;
/** A level, a count and a ratio, each with calm and with rough noise. */
const strata = 6;
/** Part of the budget that is aimed at, as the tails are estimates and noise has no law to rely on. */
const aim = 0.1;
/** How much more surprise is asked of a new series, falling to none in so many days. */
const [early, earlyDays] = [2, 3];
/** And of a level, whose noise is known from itself alone, in its first 240 ticks. */
const [firstLevel, firstTicks] = [3, 240];
/** And of rough series while nobody knows how rough they are. */
const unknown = 1.5;
/** The most that the fleet may add. */
const most = 4;

/**
 * The surprise from which on a series is alarmed, so that all series together give so many false alarms a day. It is
 * the decimal logarithm of the average run length that each statistic needs, as rates add up over statistics and
 * series (Bonferroni), more where the peaks of the fleet come more often than their surprise says, and more while a
 * series is new.
 */
export class Thresholds {
  readonly #tails = Array.from({ length: strata }, () => new FleetTail());
  readonly #members = new Float64Array(strata);
  readonly #surprises = new Float64Array(strata);
  readonly #strata: Uint8Array;
  readonly #tickDays: number;
  readonly #falseAlarmsPerDay: number;

  constructor(
    series: number,
    { tickSeconds, falseAlarmsPerDay }: { tickSeconds: number; falseAlarmsPerDay: number },
  ) {
    this.#strata = new Uint8Array(series);
    this.#tickDays = tickSeconds / daySeconds;
    this.#falseAlarmsPerDay = falseAlarmsPerDay;
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#strata.byteLength;
  }

  /** The surprise from which on a series is alarmed that was watched for so many ticks. */
  of(series: number, ticks: number): number {
    return this.settled(series) + this.#young(series, ticks);
  }

  /** The same once it has been watched for long. */
  settled(series: number): number {
    return this.#surprises[this.#strata[series]];
  }

  #young(series: number, ticks: number): number {
    const days = ticks * this.#tickDays;
    if (days >= earlyDays) return 0;
    const isLevel = this.#strata[series] < 2;
    return (
      early * (1 - days / earlyDays) +
      (isLevel ? firstLevel * Math.max(0, 1 - ticks / firstTicks) : 0)
    );
  }

  /** Takes the peak of a surprise that came down again. */
  addPeak(series: number, peak: number): void {
    this.#tails[this.#strata[series]].add(peak);
  }

  /** Takes a peak that was cut off by an alarm. */
  addAlarm(series: number): void {
    this.#tails[this.#strata[series]].add(Number.POSITIVE_INFINITY);
  }

  /** Lets a tick go by; answers whether an hour is over, so that it is time to sort the series and to `calibrate`. */
  pass(): boolean {
    let isHour = false;
    for (const tail of this.#tails) isHour = tail.pass(this.#tickDays);
    return isHour;
  }

  /** Begins to sort the series anew. */
  clear(): void {
    this.#members.fill(0);
  }

  /** Says what a series is like. O(1). */
  sort(series: number, kind: number, isRough: boolean): void {
    const stratum = kind * 2 + (isRough ? 1 : 0);
    this.#strata[series] = stratum;
    this.#members[stratum]++;
  }

  /** Sets the thresholds from the series sorted and the peaks seen. */
  calibrate(): void {
    const live = this.#members.reduce((sum, count) => sum + count, 0);
    const perSeries = (aim * this.#falseAlarmsPerDay) / Math.max(1, live);
    const nominal = Math.log10(alarmCount / (perSeries * this.#tickDays));
    for (let stratum = 0; stratum < strata; stratum++) {
      const perDay = perSeries * Math.max(1, this.#members[stratum]);
      const seen = this.#tails[stratum].exceededBy(perDay);
      const isUnknown = seen === 0 && stratum % 2 === 1;
      const raised = Math.max(nominal, Math.min(seen, nominal + most));
      this.#surprises[stratum] = raised + (isUnknown ? unknown : 0);
    }
  }
}
