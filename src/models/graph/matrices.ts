import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import type { SparseMatrix } from '../../math/sparse.ts';

/** Numbers in the memory of a crew as a row-major matrix. */
export interface DenseBlock extends Block<Float32Array> {
  readonly rows: number;
  readonly columns: number;
}

/** A sparse matrix in the memory of a crew, of so many entries at most; it may be changed for another. */
export interface SparseBlock {
  readonly rows: number;
  readonly addresses: readonly [offsets: number, codes: number, values: number];
  set(matrix: SparseMatrix): void;
}

/** A matrix of zeros. */
export function denseBlock(crew: Crew, rows: number, columns: number): DenseBlock {
  return { ...crew.float32(rows * columns), rows, columns };
}

/** A sparse matrix without entries yet. */
export function sparseBlock(crew: Crew, rows: number, maxEntries: number): SparseBlock {
  const offsets = crew.uint32(rows + 1);
  const codes = crew.uint32(maxEntries);
  const values = crew.float32(maxEntries);
  return {
    rows,
    addresses: [offsets.address, codes.address, values.address],
    set(matrix) {
      offsets.values.set(matrix.offsets);
      codes.values.set(matrix.codes);
      values.values.set(matrix.values);
    },
  };
}

/** out = sparse · dense; columns are a multiple of 16. */
export function multiplySparse(
  crew: Crew,
  sparse: SparseBlock,
  { dense, out }: { readonly dense: DenseBlock; readonly out: DenseBlock },
): void {
  crew.run('spmm', { count: sparse.rows }, [
    ...sparse.addresses,
    dense.address,
    out.address,
    4 * dense.columns,
  ]);
}

/** out += a · b. */
export function addProduct(
  crew: Crew,
  { a, b, out }: { readonly a: DenseBlock; readonly b: DenseBlock; readonly out: DenseBlock },
): void {
  crew.run('gemm', { count: a.rows }, [
    ...([a.address, 4 * a.columns, 4] as const),
    ...([b.address, 4 * b.columns, out.address, 4 * out.columns] as const),
    ...([a.columns, b.columns] as const),
  ]);
}

/** out += aᵀ · b. */
export function addTurnedProduct(
  crew: Crew,
  { a, b, out }: { readonly a: DenseBlock; readonly b: DenseBlock; readonly out: DenseBlock },
): void {
  crew.run('gemm', { count: a.columns }, [
    ...([a.address, 4, 4 * a.columns] as const),
    ...([b.address, 4 * b.columns, out.address, 4 * out.columns] as const),
    ...([a.rows, b.columns] as const),
  ]);
}

/** Writes the transposed matrix. */
export function turn(from: DenseBlock, to: DenseBlock): void {
  for (let row = 0; row < from.rows; row++)
    for (let column = 0; column < from.columns; column++)
      to.values[column * from.rows + row] = from.values[row * from.columns + column];
}
