import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import type { GraphNumbers } from '../model.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { type GnnOptions, gnnSchema } from './gnn-options.ts';

/** Everything that serving needs of a trained graph network; items are those with interactions, then new ones. */
export interface GraphPayload {
  readonly ids: readonly string[];
  readonly options: GnnOptions;
  readonly numbers: GraphNumbers;
  /** Unit vectors or zeros, row-major. */
  readonly vectors: Float32Array;
  readonly bias: Float32Array;
  /** Items with the same users: a row an item, shares. */
  readonly company: SparseMatrix;
  /** Items that are alike by attributes: a row an item. */
  readonly alike: SparseMatrix;
  /** Labels of items, and their names. */
  readonly labels: SparseMatrix;
  readonly labelNames: readonly string[];
  /** Some users of each item, and their ids. */
  readonly users: SparseMatrix;
  readonly userNames: readonly string[];
}

const numbersSchema = z.strictObject({
  sampledEdgesRatio: z.number().min(0).max(1),
  coverageRatio: z.number().min(0).max(1),
});

/** Writes the bytes of a trained graph network. */
export function writeGraphPayload(payload: GraphPayload): Uint8Array {
  const writer = new PayloadWriter()
    .json(payload.ids)
    .json(payload.options)
    .json(payload.numbers)
    .array(payload.vectors)
    .array(payload.bias)
    .json(payload.labelNames)
    .json(payload.userNames);
  for (const { offsets, codes, values } of [
    payload.company,
    payload.alike,
    payload.labels,
    payload.users,
  ])
    writer.array(offsets).array(codes).array(values);
  return writer.bytes();
}

/** Reads what `writeGraphPayload` wrote. Throws `SL_MODEL_CORRUPT`. */
export function readGraphPayload(bytes: Uint8Array): GraphPayload {
  const reader = new PayloadReader(bytes);
  const ids = reader.ids('items');
  const options = reader.json('options', gnnSchema);
  const numbers = reader.json('numbers', numbersSchema);
  const vectors = reader.float32('vectors', ids.length * options.dimensions);
  const bias = within('bias', reader.float32('bias', ids.length), 1000);
  const labelNames = reader.ids('labels');
  const userNames = reader.ids('users');
  const matrix = (what: string, columns: number): SparseMatrix => {
    const offsets = reader.offsets(`row starts of ${what}`, ids.length);
    const length = offsets[ids.length];
    const codes = reader.uint32(`columns of ${what}`, { length, below: columns });
    const values = within(what, reader.float32(`weights of ${what}`, length), 1.001);
    return { rows: ids.length, columns, offsets, codes, values };
  };
  const company = matrix('company', ids.length);
  const alike = matrix('alike', ids.length);
  const labels = matrix('labels of items', labelNames.length);
  const users = matrix('users of items', userNames.length);
  reader.end();
  checkUnits(vectors, options.dimensions);
  return {
    ids,
    options,
    numbers,
    vectors,
    bias,
    labelNames,
    userNames,
    company,
    alike,
    labels,
    users,
  };
}

function within(what: string, values: Float32Array, most: number): Float32Array {
  for (const value of values)
    if (!(Math.abs(value) <= most))
      throw new SightlineError(
        'SL_MODEL_CORRUPT',
        `model payload: ${what} holds ${value}, expected at most ${most}`,
      );
  return values;
}

function checkUnits(vectors: Float32Array, dimensions: number): void {
  for (let at = 0; at < vectors.length; at += dimensions) {
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += vectors[at + d] ** 2;
    if (!(square < 1e-6 || Math.abs(square - 1) < 1e-3))
      throw new SightlineError(
        'SL_MODEL_CORRUPT',
        `model payload: vector ${at / dimensions} has the squared length ${square}, expected 0 or 1`,
      );
  }
}
