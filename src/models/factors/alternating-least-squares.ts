import { type Block, type Crew, createCrew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes, ialsScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../math/rng.ts';
import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import { symmetricEigen } from '../../math/symmetric-eigen.ts';

/** What holds vectors down. */
export interface Ridge {
  /** Weight of all places of the matrix together, as if their value were 0, over that of its entries. */
  readonly unobserved: number;
  /** For each unit of what a row of mean weight is learnt from. */
  readonly regularisation: number;
  /** 1: the ridge grows with what a row is learnt from; 0: it is the same for all rows. */
  readonly exponent: number;
}

/** What is minimised; see `alternatingLeastSquares`. */
export interface LeastSquaresOptions extends Ridge {
  /** A multiple of 8. */
  readonly dimensions: number;
  readonly epochs: number;
  readonly seed: number;
  readonly threads: number;
  /** Told after each epoch. */
  readonly progress?: (epoch: number) => void;
}

/** Vectors by row and by column of a matrix, row-major. */
export interface Factors {
  readonly rows: Float32Array;
  readonly columns: Float32Array;
  /** a0 · Σ over columns of the square of each dimension; the dimensions are orthogonal over the columns. */
  readonly diagonal: Float32Array;
}

/**
 * Implicit alternating least squares (Hu, Koren & Volinsky 2008) with the objective of Rendle et al. 2021: the w and v
 * of least Σ over entries value · (1 - w · v)² + a0 · Σ over all places (w · v)² + ridges; a0 spreads `unobserved`.
 * Before one side is solved the other is turned into the axes of its Gram matrix, which changes no dot product. There a0
 * times the Gram matrix is a diagonal, so that a row of n entries is n unknowns (Woodbury's identity) where n is below
 * the dimensions.
 * An epoch is O(Σ n · d · min(n, d) + (rows + columns) · d² + d³); memory 8 (rows + columns) · d bytes and the matrix twice.
 */
export function alternatingLeastSquares(
  matrix: SparseMatrix,
  options: LeastSquaresOptions,
): Factors {
  const { dimensions, epochs, threads, progress = () => {} } = options;
  const scratchBytes = Math.max(gemmScratchBytes, ialsScratchBytes(dimensions));
  const crew = createCrew({ bytes: leastSquaresBytes(matrix, dimensions), threads, scratchBytes });
  try {
    const turning = createTurning(crew, matrix, options);
    const users = createSide(crew, matrix, options);
    const items = createSide(crew, transpose(matrix), options);
    scatter(items.vectors.values, options);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      turning.turn(items);
      users.solve(items, turning);
      turning.turn(users);
      items.solve(users, turning);
      progress(epoch);
    }
    turning.turn(items);
    users.solve(items, turning);
    return {
      rows: users.vectors.values.slice(),
      columns: items.vectors.values.slice(),
      diagonal: turning.diagonal.values.slice(),
    };
  } finally {
    crew.close();
  }
}

/** Bytes that the least squares of a matrix take beside it, without the working memory of threads. */
export function leastSquaresBytes(
  { rows, columns, codes }: Pick<SparseMatrix, 'rows' | 'columns' | 'codes'>,
  dimensions: number,
): number {
  const vectors = (rows + columns + Math.max(rows, columns)) * dimensions;
  const sparse = 4 * codes.length + 2 * (rows + columns + 1);
  return 4 * (vectors + sparse + dimensions * (2 * dimensions + 1)) + 64 * 16;
}

/** Vectors of one side, and the entries that they are solved from. */
interface Side {
  readonly count: number;
  readonly vectors: Block<Float32Array>;
  solve(other: Side, turning: Turning): void;
}

function createSide(crew: Crew, matrix: SparseMatrix, options: LeastSquaresOptions): Side {
  const { dimensions } = options;
  const [offsets, codes] = [crew.copyCodes(matrix.offsets), crew.copyCodes(matrix.codes)];
  const values = crew.copy(matrix.values);
  const penalties = crew.copy(penaltiesOf(matrix, options));
  const vectors = crew.float32(matrix.rows * dimensions);
  return {
    count: matrix.rows,
    vectors,
    solve(other, { diagonal }) {
      crew.run('ials', { count: matrix.rows, chunk: 64 }, [
        offsets.address,
        codes.address,
        values.address,
        other.vectors.address,
        vectors.address,
        dimensions * 4,
        diagonal.address,
        penalties.address,
      ]);
    },
  };
}

/**
 * The ridge of a row of some weight: regularisation · mean · ((weight + unobserved · mean) / (mean + unobserved ·
 * mean))^exponent. Rendle's λ is regularisation / (1 + unobserved); so divided, both may be tuned on their own, and
 * one default does for large and small catalogues.
 *
 * @example penaltyOf(5, 5, { unobserved: 9, regularisation: 0.1, exponent: 1 }) // 0.5
 */
export function penaltyOf(
  weight: number,
  mean: number,
  { unobserved, regularisation, exponent }: Ridge,
): number {
  if (mean === 0) return regularisation;
  const relative = (weight / mean + unobserved) / (1 + unobserved);
  return regularisation * mean * relative ** exponent;
}

function penaltiesOf(matrix: SparseMatrix, ridge: Ridge): Float32Array {
  const { rows, offsets, values } = matrix;
  const mean = meanWeight(matrix);
  return Float32Array.from({ length: rows }, (_, row) => {
    let weight = 0;
    for (let at = offsets[row]; at < offsets[row + 1]; at++) weight += values[at];
    return penaltyOf(weight, mean, ridge);
  });
}

/** Of rows that have entries; 0 where there are none. */
export function meanWeight({ rows, offsets, values }: SparseMatrix): number {
  let filled = 0;
  for (let row = 0; row < rows; row++) filled += offsets[row + 1] > offsets[row] ? 1 : 0;
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, filled);
}

/** Turns vectors into the axes of their Gram matrix. */
interface Turning {
  /** a0 times the diagonal of the Gram matrix that was turned last. */
  readonly diagonal: Block<Float32Array>;
  turn(side: Side): void;
}

function createTurning(
  crew: Crew,
  { rows, columns, values }: SparseMatrix,
  { dimensions: d, unobserved }: LeastSquaresOptions,
): Turning {
  const total = values.reduce((sum, value) => sum + value, 0);
  const placeWeight = (unobserved * total) / Math.max(1, rows * columns);
  const [gram, axes] = [crew.float32(d * d), crew.float32(d * d)];
  const diagonal = crew.float32(d);
  const turned = crew.float32(Math.max(rows, columns) * d);
  const row = d * 4;
  return {
    diagonal,
    turn({ vectors, count }) {
      const { address } = vectors;
      gram.values.fill(0);
      crew.run('gemm', { count: d, chunk: 32 }, [
        ...([address, 4, row] as const),
        ...([address, row] as const),
        ...([gram.address, row, count, d] as const),
      ]);
      const eigen = symmetricEigen(Float64Array.from(gram.values), d);
      for (let k = 0; k < d; k++) {
        // What is below 0 is rounding.
        diagonal.values[k] = placeWeight * Math.max(0, eigen.values[k]);
        for (let j = 0; j < d; j++) axes.values[j * d + k] = eigen.vectors[k * d + j];
      }
      turned.values.fill(0);
      crew.run('gemm', { count, chunk: 256 }, [
        ...([address, row, 4] as const),
        ...([axes.address, row] as const),
        ...([turned.address, row, d, d] as const),
      ]);
      vectors.values.set(turned.values.subarray(0, count * d));
    },
  };
}

/** Small uniform numbers: what scale they have is forgotten with the first solution. */
function scatter(vectors: Float32Array, { dimensions, seed }: LeastSquaresOptions): void {
  const rng = createRng(seed);
  const width = 0.2 * Math.sqrt(3 / dimensions);
  for (let i = 0; i < vectors.length; i++) vectors[i] = (rng.unit() - 0.5) * width;
}
