import { createAliasTable } from './alias-table.ts';
import { createScalarSgns } from './scalar-sgns.ts';
import { createSimdSgns } from './simd-sgns.ts';
import { nextRandom } from './xorshift.ts';

/**
 * Skip-gram with negative sampling (Mikolov et al. 2013) over two matrices of f32 rows, one thread.
 * The same seed and the same calls give the same bits on every machine.
 */
export interface SgnsTrainer {
  readonly items: number;
  readonly dimensions: number;
  /** Numbers per row of the matrices: `dimensions`, rounded up to 16; what is behind `dimensions` is 0. */
  readonly stride: number;
  /** Live view of the vectors of items as centers, row-major, `items` rows. Starts uniform in ±0.5 / dimensions. */
  readonly input: Float32Array;
  /** Live view of the vectors of items as contexts. Starts at 0. */
  readonly output: Float32Array;
  /**
   * Sets the distribution that negatives are drawn from, as `createAliasTable` gives it for the items;
   * without it, it is uniform. Throws RangeError for a table of another shape.
   */
  setNegatives(table: Uint32Array): void;
  /**
   * One step of gradient ascent for each of the first `count` pairs, in order: on log σ(center · context) and on
   * log σ(-center · negative) for each of `negatives` (0 to 64) drawn items; a draw that is the context is left out.
   * σ is read from a table of 1024 steps over ±6. All dots of a pair are taken before its rows change.
   * Throws RangeError for an unknown code; the pairs before it may have been learnt.
   */
  train(
    centers: Int32Array,
    contexts: Int32Array,
    count: number,
    negatives: number,
    learningRate: number,
  ): void;
}

/** The state that training changes, and the kernel that does it. */
export interface Sgns extends Pick<SgnsTrainer, 'input' | 'output'> {
  /** Alias table of the negatives. */
  readonly table: Uint32Array;
  /** The four words of the random generator. */
  readonly state: Uint32Array;
  /** The logistic function at 1024 points from -6 to 6. */
  readonly logistic: Float32Array;
  /** Pairs (center, context) to train on next. */
  readonly pairs: Uint32Array;
  run(pairCount: number, negatives: number, learningRate: number): void;
}

/** Shape and seed of a trainer. */
export interface SgnsOptions {
  readonly items: number;
  readonly dimensions: number;
  /** 32 bits. */
  readonly seed: number;
  /** `false` takes the plain kernel, as a machine without WebAssembly SIMD does. */
  readonly simd?: boolean;
}

const maxNegatives = 64;

/**
 * Makes a trainer. Throws RangeError when the shape is not positive or needs over 4 GB.
 *
 * @example
 * const trainer = createSgnsTrainer({ items: 3, dimensions: 16, seed: 1 });
 * trainer.setNegatives(createAliasTable([5, 3, 2]));
 * trainer.train(Int32Array.of(0, 1), Int32Array.of(1, 0), 2, 5, 0.025);
 */
export function createSgnsTrainer(options: SgnsOptions): SgnsTrainer {
  const { items, dimensions, seed, simd = true } = options;
  const whole = Number.isInteger(items) && Number.isInteger(dimensions);
  if (!(whole && items > 0 && dimensions > 0))
    throw new RangeError(`trainer is ${items} x ${dimensions}, expected two positive integers`);
  const stride = Math.ceil(dimensions / 16) * 16;
  const sgns =
    (simd ? createSimdSgns(items, stride) : undefined) ?? createScalarSgns(items, stride);
  const { input, output, table, pairs } = sgns;
  start(sgns, { seed, dimensions, stride });
  return {
    items,
    dimensions,
    stride,
    input,
    output,
    setNegatives(aliases) {
      checkTable(aliases, items);
      table.set(aliases);
    },
    train(centers, contexts, count, negatives, learningRate) {
      checkCount('count', count, Math.min(centers.length, contexts.length));
      checkCount('negatives', negatives, maxNegatives);
      const room = pairs.length / 2;
      for (let from = 0; from < count; from += room) {
        const size = Math.min(room, count - from);
        for (let i = 0; i < size; i++) {
          pairs[2 * i] = codeOf(centers[from + i], items);
          pairs[2 * i + 1] = codeOf(contexts[from + i], items);
        }
        sgns.run(size, negatives, learningRate);
      }
    },
  };
}

/** Fills the random state, the logistic table, uniform negatives and the first input vectors. */
function start(
  { state, logistic, table, input }: Sgns,
  { seed, dimensions, stride }: { seed: number; dimensions: number; stride: number },
): void {
  for (let i = 0; i < 4; i++) state[i] = mix(seed + Math.imul(i + 1, 0x9e3779b9));
  // The generator must not start at 0, and 1 is as good as any other start.
  if (state.every((word) => word === 0)) state[0] = 1;
  for (let i = 0; i < 1024; i++) logistic[i] = 1 / (1 + Math.exp(6 - (i * 12) / 1023));
  table.set(createAliasTable(new Uint8Array(table.length / 2).fill(1)));
  for (let row = 0; row < input.length; row += stride)
    for (let d = 0; d < dimensions; d++)
      input[row + d] = (nextRandom(state) / 2 ** 32 - 0.5) / dimensions;
}

/** The finaliser of MurmurHash3: spreads a seed over 32 bits. */
function mix(seed: number): number {
  let bits = seed;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

function codeOf(code: number, items: number): number {
  if (!(code >= 0 && code < items))
    throw new RangeError(`code is ${code}, expected 0 to ${items - 1}`);
  return code;
}

function checkTable(table: Uint32Array, items: number): void {
  if (table.length !== 2 * items)
    throw new RangeError(`alias table has ${table.length} numbers, expected ${2 * items}`);
  for (let i = 1; i < table.length; i += 2) codeOf(table[i], items);
}

function checkCount(name: string, count: number, room: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= room))
    throw new RangeError(`${name} is ${count}, expected 0 to ${room}`);
}
