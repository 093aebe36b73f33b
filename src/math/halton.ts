import type { Rng } from './rng.ts';

const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53] as const;

/**
 * A point of the Halton sequence (Halton 1960), moved by a random shift modulo 1 (Cranley & Patterson 1976): points
 * with the same shift spread over the unit cube more evenly than random ones do. Beyond 16 coordinates they are random.
 * O(coordinates · log index).
 *
 * @example haltonPoint(1, [0, 0], rng) // [1/2, 1/3]
 */
export function haltonPoint(index: number, shifts: readonly number[], rng: Rng): number[] {
  return shifts.map((shift, d) =>
    d < primes.length ? (radicalInverse(index, primes[d]) + shift) % 1 : rng.unit(),
  );
}

/** The digits of a whole number mirrored at the point. */
function radicalInverse(index: number, base: number): number {
  let sum = 0;
  let place = 1 / base;
  for (let rest = index; rest > 0; rest = Math.floor(rest / base)) {
    sum += (rest % base) * place;
    place /= base;
  }
  return sum;
}
