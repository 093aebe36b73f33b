import { SeriesBank, type SeriesBankOptions } from '../../../src/anomaly/detection/series-bank.ts';
import { createRng } from '../../../src/math/rng.ts';
import { createDraws } from './draws.ts';
import { createQuietSeries, type FamilyName, families, type QuietSeries } from './quiet-series.ts';

/** A Monday. */
const startMs = Date.UTC(2026, 0, 5);

/** Simulated series and the bank that watches them. */
export interface Fleet {
  readonly series: readonly QuietSeries[];
  readonly bank: SeriesBank;
  /** Ticks played so far. */
  readonly ticks: number;
  /** Milliseconds that the bank took for the last tick. */
  readonly lastTickMs: number;
  /** Draws the next values and has the bank judge them: the series that began to fire. */
  play(): number[];
}

/** Puts series before a bank of their own, as many as they are. */
export function createFleet(series: readonly QuietSeries[], options: SeriesBankOptions): Fleet {
  const bank = new SeriesBank({ tickSeconds: 30, ...options, maxSeries: series.length });
  for (const { kind } of series) bank.add({ kind, direction: 'both' });
  const values = new Float64Array(series.length);
  const trials = new Float64Array(series.length);
  const fleet = {
    series,
    bank,
    ticks: 0,
    lastTickMs: 0,
    play() {
      fleet.ticks += 1;
      const seconds = fleet.ticks * (options.tickSeconds ?? 30);
      for (const [i, one] of series.entries()) {
        values[i] = one.next(seconds);
        trials[i] = one.trials;
      }
      const before = performance.now();
      const changed = bank.tick(values, trials, startMs + seconds * 1000);
      fleet.lastTickMs = performance.now() - before;
      return changed.filter((i) => bank.state(i) === 'firing');
    },
  };
  return fleet;
}

/** Series of all families in turn; equal seeds give equal ones. */
export function createMixedSeries(count: number, seed: number): QuietSeries[] {
  const draws = createDraws(createRng(seed));
  const names = Object.keys(families) as FamilyName[];
  return Array.from({ length: count }, (_, i) => createQuietSeries(names[i % names.length], draws));
}
