import { createAliasTable } from '../../math/kernels/alias-table.ts';
import { createCrew } from '../../math/kernels/crew/crew.ts';
import { bprScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { createRng, type Rng } from '../../math/rng.ts';
import type { SparseMatrix } from '../../math/sparse.ts';

/** How pairs are learnt; see `trainBpr`. */
export interface BprTraining {
  /** A multiple of 4. */
  readonly dimensions: number;
  readonly epochs: number;
  /** At the start; it falls to a hundredth in a straight line. */
  readonly learningRate: number;
  readonly regularisation: number;
  /** Items drawn for each entry; the one that scores most is learnt from. */
  readonly negatives: number;
  /** An item is drawn in proportion to (its entries)^alpha. */
  readonly alpha: number;
  readonly seed: number;
  /** Told before each epoch. */
  readonly progress?: (epoch: number) => void;
}

/** Vectors by row and by column, row-major. */
export interface BprVectors {
  readonly users: Float32Array;
  readonly items: Float32Array;
}

/**
 * Matrix factorisation by Bayesian personalised ranking (Rendle et al. 2009): steps of gradient ascent on
 * log σ(u · (i - j)), i an item that the user has, j one that he has not; with several negatives the hardest of them
 * (dynamic negative sampling, Zhang et al. 2013). Each pass goes through all entries in a new order.
 * O(epochs · entries · negatives · dimensions); one thread, as steps depend on those before.
 */
export function trainBpr(matrix: SparseMatrix, options: BprTraining): BprVectors {
  const { rows, columns, offsets, codes } = matrix;
  const { dimensions, epochs, learningRate, regularisation, negatives, progress } = options;
  // There is nothing to draw from an empty table.
  if (codes.length === 0) return { users: new Float32Array(0), items: new Float32Array(0) };
  const crew = createCrew({ bytes: bprBytes(matrix, dimensions), scratchBytes: bprScratchBytes });
  const rng = createRng(options.seed);
  const users = crew.copy(scattered(rows * dimensions, rng));
  const items = crew.copy(scattered(columns * dimensions, rng));
  const state = crew.copyCodes(Uint32Array.from({ length: 4 }, () => rng.bits() | 1));
  const [starts, cells] = [crew.copyCodes(offsets), crew.copyCodes(codes)];
  const owners = crew.copyCodes(ownersOf(matrix));
  const order = crew.copyCodes(Uint32Array.from(codes, (_, entry) => entry));
  const table = crew.copyCodes(createAliasTable(drawWeights(matrix, options.alpha)));
  for (let epoch = 0; epoch < epochs; epoch++) {
    progress?.(epoch);
    crew.run('bpr', { count: 1 }, [
      ...([starts.address, cells.address, owners.address, order.address, codes.length] as const),
      ...([users.address, items.address, columns, dimensions * 4] as const),
      ...([table.address, state.address, negatives] as const),
      learningRate * Math.max(0.01, 1 - epoch / epochs),
      regularisation,
    ]);
  }
  return { users: users.values.slice(), items: items.values.slice() };
}

/** Bytes that training on a matrix takes beside it. */
export function bprBytes(
  { rows, columns, codes }: Pick<SparseMatrix, 'rows' | 'columns' | 'codes'>,
  dimensions: number,
): number {
  return 4 * ((rows + columns) * dimensions + 3 * codes.length + rows + 2 * columns) + 64 * 16;
}

/** Uniform, of standard deviation 0.1 in each dimension. */
function scattered(length: number, rng: Rng): Float32Array {
  const width = 0.2 * Math.sqrt(3);
  return Float32Array.from({ length }, () => (rng.unit() - 0.5) * width);
}

function ownersOf({ rows, offsets, codes }: SparseMatrix): Uint32Array {
  const owners = new Uint32Array(codes.length);
  for (let row = 0; row < rows; row++) owners.fill(row, offsets[row], offsets[row + 1]);
  return owners;
}

/** Each item counts once at least. */
function drawWeights({ columns, codes }: SparseMatrix, alpha: number): Float64Array {
  const counts = new Float64Array(columns);
  for (const code of codes) counts[code] += 1;
  return counts.map((count) => Math.max(1, count) ** alpha);
}
