import { nextRandom } from './kernels/xorshift.ts';

/** A source of random numbers that gives the same ones for the same seed on every machine. */
export interface Rng {
  /** 32 random bits. */
  bits(): number;
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer from 0 to `limit - 1`. */
  below(limit: number): number;
  /** Puts the numbers in a random order (Fisher and Yates), in place. */
  shuffle(numbers: Uint32Array | Int32Array): void;
}

/**
 * Makes a generator: xorshift128 (Marsaglia 2003), its state filled by splitmix32.
 *
 * @example
 * const rng = createRng(1);
 * rng.unit() === createRng(1).unit(); // true
 */
export function createRng(seed: number): Rng {
  const state = new Uint32Array(4);
  let word = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    word = (word + 0x9e3779b9) >>> 0;
    state[i] = hash32(word);
  }
  const below = (limit: number): number => Math.floor((nextRandom(state) / 2 ** 32) * limit);
  return {
    bits: () => nextRandom(state),
    unit: () => nextRandom(state) / 2 ** 32,
    below,
    shuffle(numbers) {
      for (let i = numbers.length - 1; i > 0; i--) {
        const other = below(i + 1);
        const kept = numbers[i];
        numbers[i] = numbers[other];
        numbers[other] = kept;
      }
    },
  };
}

/**
 * Spreads 32 bits over 32 bits, one to one: the finaliser of MurmurHash3.
 *
 * @example hash32(1) // 1364076727
 */
export function hash32(word: number): number {
  let bits = word | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
