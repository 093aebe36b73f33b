import { Forecast } from './forecast.ts';
import { residualOf, type Sample } from './residual.ts';
import { SlowLevel } from './slow-level.ts';
import { SlowWindow } from './slow-window.ts';

const hourMs = 3_600_000;

/**
 * What the values of many series are compared with: a forecast of the next tick, and the usual value of seven days at
 * that time of day.
 */
export class Baselines {
  readonly forecast: Forecast;
  readonly slow: SlowLevel;
  readonly season: SlowWindow;
  readonly #hoursPerTick: number;
  /** Hours since the half hour began. */
  #share = 0;
  /** How far the present value lies from the forecast, and from the usual value. */
  residual = 0;
  slowResidual = 0;

  constructor(series: number, tickSeconds: number) {
    this.forecast = new Forecast(series);
    this.slow = new SlowLevel(series, tickSeconds);
    this.season = new SlowWindow(series);
    this.#hoursPerTick = tickSeconds / 3600;
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.forecast.bytes + this.slow.bytes + this.season.bytes;
  }

  /** A series that nothing is known of. */
  clear(series: number): void {
    this.forecast.clear(series);
    this.slow.clear(series);
    this.season.clear(series);
  }

  /** Sets the time of the ticks that follow. */
  setClock(atMs: number): void {
    this.#share = (atMs / hourMs) % 0.5;
  }

  /** A half hour of the clock begins, the last one known being `last`; counted from 1970. O(days). */
  turnHalfHour(series: number, last: number, halfHour: number): void {
    const [lastHour, hour] = [last >> 1, halfHour >> 1];
    if (hour !== lastHour) this.season.turnHour(series, lastHour, hour);
    const isNew = this.season.turnHalfHour(series, halfHour, this.slow.mean(series));
    // So far the slope of the forecast stood for the time of day.
    if (isNew) this.forecast.tilt(series, -this.#seasonStep(series));
  }

  /** Goes on to the next tick, which may stay without a value; a frozen forecast goes on along its slope. */
  step(series: number, isFrozen: boolean): void {
    this.forecast.step(series, this.#seasonStep(series), isFrozen);
  }

  /** Compares a value, and sets the residuals. */
  compare(series: number, sample: Sample): void {
    this.residual = residualOf(sample, this.forecast.expected(series));
    const usual = this.slow.mean(series) + this.season.season(series, this.#share);
    this.slowResidual = residualOf(sample, usual);
  }

  /** Learns the value that was compared, unless frozen. */
  learn(series: number, sample: Sample, isFrozen: boolean): void {
    const { residual, slowResidual } = this;
    if (isFrozen) {
      this.forecast.pass(series, sample.kind, residual);
      return;
    }
    const season = this.season.season(series, this.#share);
    this.forecast.learn(series, sample, residual);
    this.slow.learn(series, sample, { season, residual: slowResidual });
    this.season.add(series, sample.value);
  }

  /** Takes a value as usual from now on. */
  accept(series: number, value: number): void {
    this.slow.move(series, value);
    this.season.clear(series);
  }

  #seasonStep(series: number): number {
    return this.season.step(series, this.#hoursPerTick);
  }
}
