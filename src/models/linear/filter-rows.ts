import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../math/kernels/crew/kernel-calls.ts';
import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import type { ItemRows } from '../item-rows.ts';
import {
  leadingSubspace,
  type PlacedBothWays,
  type Subspace,
  subspaceBytes,
} from './leading-subspace.ts';
import { keptBytes, placeMatrix, placeRows } from './linear-crew.ts';
import { rowSums } from './link-items.ts';
import { sharpened, sharpenedWithin, sharpenRows } from './sharpen.ts';

/** Rows of items by items that are worked out at a time. */
const blockRows = 512;

/** The filters; see the options of `graph-filter`. */
export interface FilterRules {
  readonly rank: number;
  readonly lowPass: number;
  readonly sharpening: number;
  readonly iterations: number;
  readonly seed: number;
  readonly keep: number;
  readonly progress?: (done: number) => void;
}

/** Size of what is filtered. */
export interface FilteredShape {
  readonly users: number;
  readonly items: number;
  readonly entries: number;
}

/** Bytes that `filterRows` takes of a crew. */
export function filterBytes(
  { users, items, entries }: FilteredShape,
  rules: Pick<FilterRules, 'rank' | 'keep'>,
): number {
  const rank = widthOf(rules.rank);
  const factors = 4 * (5 * (items + 8) * rank + rank * rank + items);
  const dense = 4 * blockRows * paddedTo8(items);
  const sparse = 20 * entries + 8 * (users + items);
  const kept = keptBytes(items, Math.min(rules.keep, items));
  return factors + dense + sparse + kept + subspaceBytes(users, items, rank) + 8 * 2 * rank + 4096;
}

/** Bytes that a thread of the crew needs. */
export function filterScratchBytes(keep: number): number {
  return Math.max(gemmScratchBytes, 8 * keep);
}

/**
 * The matrix of items by items whose rows add up to the filtered history of a user, with the greatest entries of each row:
 * (P + lowPass · D^-½ Y Yᵀ D^½) · g(P). P = AᵀA is the co-occurrence of items, A_ui = r_ui / √(d_u · d_i), D the
 * degrees of items, Y the leading subspace of P (Shen et al. 2021). g is the fourth-order Runge-Kutta step of dx/dt = -x P
 * over the time `sharpening` (Choi et al. 2023): it takes away from an item what its like already have. Within Y, P · g(P)
 * is exact; outside, where P is small, g counts as one number. O(items² · rank) multiply-adds.
 */
export function filterRows(crew: Crew, matrix: SparseMatrix, rules: FilterRules): ItemRows {
  const { keep, progress = () => {} } = rules;
  const items = matrix.columns;
  const rank = widthOf(rules.rank);
  const limit = Math.min(keep, items);
  const kept = placeRows(crew, items, limit);
  if (items === 0) return kept.read();
  const degrees = rowSums(transpose(matrix));
  const normal = normalised(matrix, degrees);
  const placed = placeBothWays(crew, normal);
  const subspace = leadingSubspace(crew, placed, {
    ...rules,
    rank,
    progress: (done) => progress(0.2 * done),
  });
  const factors = placeFactors(crew, { placed, subspace, degrees }, { ...rules, rank });
  const rest = crew.copy(transpose(normal).values.map((value) => value * factors.rest));
  const ones = crew.copy(new Float32Array(items).fill(1));
  const [offsets, codes] = placed.byItem;
  const columns = paddedTo8(items);
  const dense = crew.float32(blockRows * columns);
  for (let first = 0; first < items; first += blockRows) {
    const count = Math.min(blockRows, items - first);
    dense.values.fill(0);
    const sparse = [offsets, codes, rest.address, ...placed.byUser, dense.address] as const;
    crew.run('spgemm', { count, chunk: 16 }, [...sparse, columns * 4, first]);
    const left = factors.left.address + first * 2 * rank * 4;
    const to = [dense.address, columns * 4, 2 * rank, columns] as const;
    const right = [factors.right.address, columns * 4] as const;
    crew.run('gemm', { count, chunk: 64 }, [left, 2 * rank * 4, 4, ...right, ...to]);
    const into = [limit, kept.codes, kept.values, kept.counts] as const;
    const block = [dense.address, columns * 4, items, ones.address, first] as const;
    crew.run('keep', { count, chunk: 16 }, [...block, ...into]);
    progress(0.2 + (0.8 * (first + count)) / items);
  }
  return kept.read();
}

interface Decomposed {
  readonly placed: PlacedBothWays;
  readonly subspace: Subspace;
  readonly degrees: Float64Array;
}

interface Factors {
  /** items × 2 rank: Y, and lowPass · D^-½ Y. */
  readonly left: Block<Float32Array>;
  /** 2 rank × items: (T g(T) - rest · T) Yᵀ with T = YᵀPY, and Yᵀ D^½ g(P). */
  readonly right: Block<Float32Array>;
  /** What g is outside of Y. */
  readonly rest: number;
}

/** left · right + rest · P is the matrix that is looked for. */
function placeFactors(
  crew: Crew,
  { placed, subspace: { basis, inner, room }, degrees }: Decomposed,
  { rank, lowPass, sharpening }: Pick<FilterRules, 'rank' | 'lowPass' | 'sharpening'>,
): Factors {
  const { items } = placed;
  const columns = paddedTo8(items);
  const shape = { items, rank, columns };
  const rest = sharpened(leastOnDiagonal(inner.values, rank) / 2, sharpening);
  const left = crew.float32(items * 2 * rank);
  const right = crew.float32(2 * rank * columns);
  const lifted = crew.copy(basis.values);
  for (let i = 0; i < items; i++) {
    const root = degrees[i] > 0 ? Math.sqrt(degrees[i]) : 1;
    for (let k = 0; k < rank; k++) {
      const value = basis.values[i * rank + k];
      left.values[i * 2 * rank + k] = value;
      left.values[i * 2 * rank + rank + k] = (lowPass * value) / root;
      lifted.values[i * rank + k] = value * root;
    }
  }
  const within = crew.copy(sharpenedWithin(inner.values, rank, { time: sharpening, rest }));
  const by = [basis.address, rank * 4, 4, within.address, rank * 4] as const;
  room.image.values.fill(0);
  const to = [room.image.address, rank * 4, rank, rank] as const;
  crew.run('gemm', { count: items, chunk: 256 }, [...by, ...to]);
  transposeInto(right.values, room.image.values, shape);
  sharpenRows(crew, placed, { rows: lifted, rank, time: sharpening, room });
  transposeInto(right.values.subarray(rank * columns), lifted.values, shape);
  return { left, right, rest };
}

function leastOnDiagonal(matrix: Float32Array, size: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < size; k++) least = Math.min(least, matrix[k * size + k]);
  return Math.max(0, least);
}

function transposeInto(
  target: Float32Array,
  source: Float32Array,
  { items, rank, columns }: { items: number; rank: number; columns: number },
): void {
  for (let k = 0; k < rank; k++)
    for (let i = 0; i < items; i++) target[k * columns + i] = source[i * rank + k];
}

/** Each weight over the roots of the degrees of its user and item. */
function normalised(matrix: SparseMatrix, degrees: Float64Array): SparseMatrix {
  const { rows, offsets, codes } = matrix;
  const values = matrix.values.slice();
  const users = rowSums(matrix);
  for (let row = 0; row < rows; row++)
    for (let at = offsets[row]; at < offsets[row + 1]; at++)
      values[at] /= Math.sqrt(users[row] * degrees[codes[at]]);
  return { ...matrix, values };
}

function placeBothWays(crew: Crew, matrix: SparseMatrix): PlacedBothWays {
  const [byUser, byItem] = [matrix, transpose(matrix)].map((one) => placeMatrix(crew, one));
  return { users: matrix.rows, items: matrix.columns, byUser, byItem };
}

/** A rank that products take: a multiple of 16. */
function widthOf(rank: number): number {
  return Math.ceil(rank / 16) * 16;
}

function paddedTo8(items: number): number {
  return Math.ceil(items / 8) * 8;
}
