import type { Rng } from '../../../src/math/rng.ts';

/** A standard normal number (Box & Muller 1958). */
export function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng.unit())) * Math.cos(2 * Math.PI * rng.unit());
}
