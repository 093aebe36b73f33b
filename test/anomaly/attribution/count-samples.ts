import type { Rng } from '../../../src/math/rng.ts';

/** Events of a Poisson process: exponential gaps (Knuth), a normal approximation above 500. */
export function poissonSample(rng: Rng, mean: number): number {
  if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalSample(rng)));
  let count = -1;
  for (let left = mean; left >= 0; count++) left += Math.log(1 - rng.unit());
  return count;
}

/** Hits among trials, one trial after the other. */
export function binomialSample(rng: Rng, trials: number, rate: number): number {
  let hits = 0;
  for (let i = 0; i < trials; i++) if (rng.unit() < rate) hits += 1;
  return hits;
}

/** Standard normal (Box & Muller). */
export function normalSample(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.unit())) * Math.cos(2 * Math.PI * rng.unit());
}
