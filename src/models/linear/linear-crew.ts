import { SightlineError } from '../../domain/errors.ts';
import { type Crew, type CrewOptions, createCrew } from '../../math/kernels/crew/crew.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import type { ItemRows } from '../item-rows.ts';
import type { Interactions } from '../model.ts';

/** The most that the memory of a crew can hold, with room for scratch. */
const maxCrewBytes = 3.9e9;

/** A crew, and the kind of model that it works for. */
export interface LinearCrewOptions extends CrewOptions {
  readonly kind: string;
  /** The most that may be taken; absent is what there can be. */
  readonly maxBytes?: number;
  /** How to need less, as the end of a sentence: `lower keep`. */
  readonly remedy: string;
}

/**
 * Lets a crew work and ends it. Throws `SL_TRAINING_FAILED` when it would need more memory than it may have.
 */
export function withCrew<Result>(
  { kind, remedy, maxBytes = maxCrewBytes, ...options }: LinearCrewOptions,
  work: (crew: Crew) => Result,
): Result {
  const most = Math.min(maxBytes, maxCrewBytes);
  if (options.bytes > most) {
    const [needed, room] = [options.bytes, most].map((bytes) => Math.ceil(bytes / 2 ** 20));
    throw new SightlineError(
      'SL_TRAINING_FAILED',
      `${kind} needs ${needed} MB to learn, expected at most ${room}: ${remedy}`,
    );
  }
  const crew = createCrew(options);
  try {
    return work(crew);
  } finally {
    crew.close();
  }
}

/** Addresses of the offsets, codes and values of a sparse matrix. */
export type PlacedMatrix = readonly [offsets: number, codes: number, values: number];

/** Copies a sparse matrix into the memory of a crew. */
export function placeMatrix(crew: Crew, { offsets, codes, values }: SparseMatrix): PlacedMatrix {
  return [
    crew.copyCodes(offsets).address,
    crew.copyCodes(codes).address,
    crew.copy(values).address,
  ];
}

/** Bytes that `placeMatrix` takes. */
export function placedBytes({ offsets, codes }: SparseMatrix): number {
  return 4 * offsets.length + 8 * codes.length + 256;
}

/** Room for rows of at most `limit` entries each, as the kernels `keep` and `linked` fill it. */
export interface KeptRows {
  readonly codes: number;
  readonly values: number;
  readonly counts: number;
  /** What was kept so far, as rows. */
  read(): ItemRows;
}

/** Bytes that `placeRows` takes. */
export function keptBytes(rows: number, limit: number): number {
  return 8 * rows * limit + 4 * rows + 256;
}

/** Makes room for rows in the memory of a crew. */
export function placeRows(crew: Crew, rows: number, limit: number): KeptRows {
  const codes = crew.uint32(rows * limit);
  const values = crew.float32(rows * limit);
  const counts = crew.uint32(rows);
  return {
    codes: codes.address,
    values: values.address,
    counts: counts.address,
    read() {
      const offsets = new Uint32Array(rows + 1);
      for (let row = 0; row < rows; row++) offsets[row + 1] = offsets[row] + counts.values[row];
      const kept = {
        offsets,
        codes: new Uint32Array(offsets[rows]),
        weights: new Float32Array(offsets[rows]),
      };
      for (let row = 0; row < rows; row++) {
        const [from, to] = [row * limit, row * limit + counts.values[row]];
        kept.codes.set(codes.values.subarray(from, to), offsets[row]);
        kept.weights.set(values.values.subarray(from, to), offsets[row]);
      }
      return kept;
    },
  };
}

/** Bytes that a fit of rows with at most `keep` entries each takes, about. */
export function rowsMemoryBytes(
  { items, codes }: Pick<Interactions, 'items' | 'codes'>,
  { keep }: { readonly keep: number },
): number {
  return 2 * keptBytes(items.length, Math.min(keep, items.length)) + 40 * codes.length;
}
