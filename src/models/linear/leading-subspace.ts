import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import { createRng } from '../../math/rng.ts';
import { invertFactor } from './cholesky.ts';

/** A sparse matrix of users by items in the memory of a crew, both ways round. */
export interface PlacedBothWays {
  readonly users: number;
  readonly items: number;
  /** Addresses of offsets, codes and values, rows of users. */
  readonly byUser: readonly [number, number, number];
  readonly byItem: readonly [number, number, number];
}

/** What is looked for. */
export interface SubspaceOptions {
  /** Dimensions, a multiple of 16. */
  readonly rank: number;
  /** Power iterations. */
  readonly iterations: number;
  readonly seed: number;
  readonly progress?: (done: number) => void;
}

/** Bytes that `leadingSubspace` takes, what it answers in them. */
export function subspaceBytes(users: number, items: number, rank: number): number {
  return 4 * (rank * (2 * items + users) + 2 * rank * rank) + 1024;
}

/** A subspace of items. */
export interface Subspace {
  /** Orthonormal columns, items × rank, row-major. */
  readonly basis: Block<Float32Array>;
  /** AᵀA in the subspace: basisᵀ · AᵀA · basis, rank × rank. */
  readonly inner: Block<Float32Array>;
  /** Room that is free again: items × rank, and users × rank. */
  readonly room: Room;
}

/** Working memory for products with a matrix of items × rank. */
export interface Room {
  readonly image: Block<Float32Array>;
  readonly between: Block<Float32Array>;
}

/**
 * The subspace of items in which A stretches most, nearly that of its first right singular vectors: power iterations
 * from random directions (Halko, Martinsson & Tropp 2011), orthonormal after each by the Cholesky factor of the Gram
 * matrix. O(iterations · (entries · rank + items · rank²)). Directions that A does not have are 0.
 */
export function leadingSubspace(
  crew: Crew,
  matrix: PlacedBothWays,
  { rank, iterations, seed, progress = () => {} }: SubspaceOptions,
): Subspace {
  const { users, items } = matrix;
  const basis = crew.float32(items * rank);
  const image = crew.float32(items * rank);
  const between = crew.float32(users * rank);
  const gram = crew.float32(rank * rank);
  const factor = crew.float32(rank * rank);
  const rng = createRng(seed);
  for (let i = 0; i < image.values.length; i++) image.values[i] = rng.unit() - 0.5;
  const bytes = rank * 4;
  /** image = AᵀA · basis. */
  const apply = (): void => {
    crew.run('spmm', { count: users }, [...matrix.byUser, basis.address, between.address, bytes]);
    crew.run('spmm', { count: items }, [...matrix.byItem, between.address, image.address, bytes]);
  };
  /** gram = leftᵀ · image. */
  const multiply = (left: Block<Float32Array>): void => {
    gram.values.fill(0);
    const to = [gram.address, bytes, items, rank] as const;
    crew.run('gemm', { count: rank, chunk: 64 }, [
      left.address,
      4,
      bytes,
      image.address,
      bytes,
      ...to,
    ]);
  };
  for (let i = 0; i <= iterations; i++) {
    // Twice is enough (CholeskyQR2): the first leaves what rounding did.
    for (let turn = 0; turn < (i === 0 || i === iterations ? 2 : 1); turn++) {
      multiply(image);
      factor.values.set(invertFactor(Float64Array.from(gram.values), rank));
      basis.values.fill(0);
      const to = [basis.address, bytes, rank, rank] as const;
      crew.run('gemm', { count: items, chunk: 256 }, [
        image.address,
        bytes,
        4,
        factor.address,
        bytes,
        ...to,
      ]);
      image.values.set(basis.values);
    }
    apply();
    progress((i + 1) / (iterations + 1));
  }
  multiply(basis);
  return { basis, inner: gram, room: { image, between } };
}
