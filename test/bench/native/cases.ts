import { createAliasTable } from '../../../src/math/kernels/alias-table.ts';
import { binary } from '../../../src/math/kernels/crew/binary.ts';
import {
  compileKernels,
  createSharedMemory,
  ialsScratchBytes,
  instantiateCalls,
} from '../../../src/math/kernels/crew/kernel-calls.ts';
import { createSgnsTrainer } from '../../../src/math/kernels/sgns-trainer.ts';
import { createVectorTable } from '../../../src/math/kernels/vector-table.ts';
import { createRandom } from '../harness/random.ts';

/** A kernel of ours beside one of `kernels.c`. */
export interface NativeCase {
  readonly name: string;
  /** Its name in C. */
  readonly kernel: string;
  /** Equal pieces of work in a call. */
  readonly units: number;
  /** Whether the sum is the same in C: training moves on with each call. */
  readonly isSame: boolean;
  /** Returns a sum over the result. */
  run(): number;
}

const width = 64;
const rowBytes = width * 4;
const tableRows = 50_000;
const limit = 100;
const systems = 64;
const rated = 100;
const sparseRows = 70_000;
const entries = 1_000_000;
const items = 20_000;
const pairCount = 4096;
const negatives = 5;

/** The cases, and their data as `kernels.c` reads them. */
export function createNativeCases(): { cases: readonly NativeCase[]; data: Uint8Array } {
  const random = createRandom(7);
  const floats = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  const codesBelow = (length: number, below: number) =>
    Uint32Array.from({ length }, () => Math.floor(random() * below));
  const rows = unitRows(floats(tableRows * width));
  const query = rows.slice(7 * width, 8 * width);
  const matrices = positiveSystems(rows);
  const sides = floats(systems * width);
  const ratings = {
    codes: codesBelow(systems * rated, tableRows),
    values: floats(systems * rated).map((value) => value + 1),
    diagonal: floats(width).map((value) => value + 1),
    penalties: floats(systems).map((value) => value + 1),
  };
  const counts = codesBelow(entries, sparseRows);
  const offsets = new Uint32Array(sparseRows + 1);
  for (const row of counts) offsets[row + 1] += 1;
  for (let row = 0; row < sparseRows; row++) offsets[row + 1] += offsets[row];
  const sparse = {
    offsets,
    codes: codesBelow(entries, sparseRows),
    values: floats(entries),
    dense: floats(sparseRows * width),
  };
  const aliases = createAliasTable(
    Float64Array.from({ length: items }, (_, i) => (i + 10) ** -0.5),
  );
  const pairs = codesBelow(2 * pairCount, items);
  const trainer = createSgnsTrainer({ items, dimensions: width, seed: 1 });
  trainer.setNegatives(aliases);
  const logistic = Float32Array.from(
    { length: 1024 },
    (_, i) => 1 / (1 + Math.exp(6 - (i * 12) / 1023)),
  );
  const data = joined([
    ...[rows, query, matrices, sides],
    ...[ratings.codes, ratings.values, ratings.diagonal, ratings.penalties],
    ...[sparse.offsets, sparse.codes, sparse.values, sparse.dense],
    ...[trainer.input, trainer.output, aliases, pairs, logistic, Uint32Array.of(1, 2, 3, 4)],
  ]);
  const cases = [
    nearestCase('top_100', rows, query, false),
    nearestCase('int8_100', rows, query, true),
    alsCase(rows, ratings),
    choleskyCase(matrices, sides),
    spmmCase(sparse),
    sgnsCase(trainer, pairs),
  ];
  return { cases, data };
}

function nearestCase(
  name: string,
  rows: Float32Array,
  query: Float32Array,
  codes: boolean,
): NativeCase {
  const table = createVectorTable(tableRows, width, { codes });
  for (let row = 0; row < tableRows; row++)
    table.setRow(row, rows.subarray(row * width, (row + 1) * width));
  const found = new Int32Array(limit);
  const scores = new Float32Array(limit);
  const run = () => {
    table.nearest(query, limit, found, scores);
    return sumOf(scores);
  };
  return { name, kernel: 'nearest', units: 1, isSame: true, run };
}

/** The memory of a case: arrays one behind the other, and room for a result. */
function createPlaced(arrays: readonly (Float32Array | Uint32Array)[], outBytes: number) {
  let end = 64;
  const take = (bytes: number) => {
    const address = end;
    end += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const places = arrays.map((array) => take(array.byteLength));
  const out = take(outBytes);
  const memory = createSharedMemory(end);
  for (const [i, { buffer, byteOffset, byteLength }] of arrays.entries())
    new Uint8Array(memory.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), places[i]);
  return {
    buffer: memory.buffer,
    places,
    out,
    kernels: instantiateCalls(compileKernels(binary), memory),
  };
}

function alsCase(
  rows: Float32Array,
  ratings: {
    readonly codes: Uint32Array;
    readonly values: Float32Array;
    readonly diagonal: Float32Array;
    readonly penalties: Float32Array;
  },
): NativeCase {
  const offsets = Uint32Array.from({ length: systems + 1 }, (_, row) => row * rated);
  const { codes, values, diagonal, penalties } = ratings;
  const scratchBytes = ialsScratchBytes(width);
  const { buffer, places, out, kernels } = createPlaced(
    [offsets, codes, values, rows, diagonal, penalties],
    systems * rowBytes + scratchBytes,
  );
  const [first, second, third, fixed, fifth, sixth] = places;
  const solved = new Float32Array(buffer, out, systems * width);
  const scratch = out + systems * rowBytes;
  const run = () => {
    kernels.ials(0, systems, scratch, first, second, third, fixed, out, rowBytes, fifth, sixth);
    return sumOf(solved);
  };
  return { name: 'als_solve', kernel: 'als', units: systems, isSame: true, run };
}

function choleskyCase(matrices: Float32Array, sides: Float32Array): NativeCase {
  const matrixBytes = width * rowBytes;
  const { buffer, places, out, kernels } = createPlaced([matrices, sides], matrixBytes + rowBytes);
  const vectorAt = out + matrixBytes;
  const vector = new Float32Array(buffer, vectorAt, width);
  const run = () => {
    let sum = 0;
    for (let system = 0; system < systems; system++) {
      // A copy within the memory, as C has it: copies of typed arrays into shared memory are slow.
      kernels.fillRows(0, 1, 0, places[0] + system * matrixBytes, out, matrixBytes);
      kernels.fillRows(0, 1, 0, places[1] + system * rowBytes, vectorAt, rowBytes);
      kernels.cholesky(0, 1, 0, out, rowBytes, vectorAt, width);
      sum += sumOf(vector);
    }
    return sum;
  };
  return { name: 'cholesky', kernel: 'cholesky', units: systems, isSame: true, run };
}

function spmmCase(sparse: {
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  readonly values: Float32Array;
  readonly dense: Float32Array;
}): NativeCase {
  const { offsets, codes, values, dense } = sparse;
  const { buffer, places, out, kernels } = createPlaced(
    [offsets, codes, values, dense],
    sparseRows * rowBytes,
  );
  const product = new Float32Array(buffer, out, sparseRows * width);
  const [first, second, third, fourth] = places;
  const run = () => {
    kernels.spmm(0, sparseRows, 0, first, second, third, fourth, out, rowBytes);
    return product[width] + product[(sparseRows - 1) * width];
  };
  return { name: 'spmm', kernel: 'spmm', units: 1, isSame: true, run };
}

function sgnsCase(trainer: ReturnType<typeof createSgnsTrainer>, pairs: Uint32Array): NativeCase {
  const [centers, contexts] = [0, 1].map((side) =>
    Int32Array.from({ length: pairCount }, (_, p) => pairs[2 * p + side]),
  );
  const run = () => {
    trainer.train(centers, contexts, pairCount, negatives, 0.025);
    return trainer.input[0];
  };
  return { name: 'skip_gram', kernel: 'skip-gram', units: pairCount, isSame: false, run };
}

function unitRows(values: Float32Array): Float32Array {
  for (let at = 0; at < values.length; at += width) {
    const row = values.subarray(at, at + width);
    const length = Math.hypot(...row);
    for (let d = 0; d < width; d++) row[d] /= length;
  }
  return values;
}

/** Symmetric, positive definite: products of rows, and 1 on the diagonal. */
function positiveSystems(rows: Float32Array): Float32Array {
  const matrices = new Float32Array(systems * width * width);
  for (let s = 0; s < systems; s++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) {
        let sum = i === j ? 1 : 0;
        for (let k = 0; k < width; k++)
          sum += rows[(s * width + k) * width + i] * rows[(s * width + k) * width + j];
        matrices[(s * width + i) * width + j] = sum;
      }
  return matrices;
}

function joined(arrays: readonly (Float32Array | Uint32Array)[]): Uint8Array {
  return Buffer.concat(
    arrays.map((array) => {
      const padded = Buffer.alloc(Math.ceil(array.byteLength / 64) * 64);
      padded.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return padded;
    }),
  );
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
