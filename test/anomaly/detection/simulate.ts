import { SeriesBank, type SeriesKind } from '../../../src/anomaly/detection/series-bank.ts';
import { createRng, type Rng } from '../../../src/math/rng.ts';

/** A Monday. */
export const startMs = Date.UTC(2026, 0, 5);
export const tickMs = 30_000;

/** A bank that watches one series, and the time. */
export interface Watched {
  readonly bank: SeriesBank;
  readonly series: number;
  /** Ticks played. */
  ticks: number;
  /** Plays one tick; answers whether the state of the series changed. */
  play(value: number, trials?: number): boolean;
}

export function watch(
  kind: SeriesKind,
  options: { direction?: 'up' | 'down' | 'both' } = {},
): Watched {
  const bank = new SeriesBank({ maxSeries: 1 });
  const series = bank.add({ kind, direction: options.direction ?? 'both' });
  const watched: Watched = {
    bank,
    series,
    ticks: 0,
    play(value, trials = 0) {
      watched.ticks++;
      const atMs = startMs + watched.ticks * tickMs;
      return bank.tick(Float64Array.of(value), Float64Array.of(trials), atMs).length > 0;
    },
  };
  return watched;
}

/** Draws that are the same for the same seed. */
export function createNoise(seed: number) {
  const rng = createRng(seed);
  return {
    normal: () => normal(rng),
    poisson: (mean: number) => poisson(rng, mean),
    unit: rng.unit,
  };
}

/** Box & Muller 1958. */
function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.unit())) * Math.cos(2 * Math.PI * rng.unit());
}

/** Knuth's product of uniform numbers, which is exact, below a mean of 50; above it the normal law, rounded. */
function poisson(rng: Rng, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(rng)));
  let [product, count] = [rng.unit(), 0];
  for (const limit = Math.exp(-mean); product > limit; count++) product *= rng.unit();
  return count;
}
