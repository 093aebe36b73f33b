import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCrew } from '../../../src/math/kernels/crew/crew.ts';
import { ialsScratchBytes } from '../../../src/math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../../src/math/rng.ts';
import { sparseOf } from '../../../src/math/sparse.ts';
import { type LeastSquares, scalarIals } from './scalar-ials.ts';

/** Rows of 0, 1, 2, ... entries, so that some have fewer and some have more than there are dimensions. */
function problemOf(seed: number, dimensions: number, rows: number): LeastSquares {
  const rng = createRng(seed);
  const columns = rows + 3;
  const entries = Array.from({ length: rows }, (_, row) => {
    const all = Int32Array.from({ length: columns }, (_, column) => column);
    rng.shuffle(all);
    return Array.from(
      all.subarray(0, row),
      (column) => [row, column, rng.unit() * 3 + 0.1] as const,
    );
  });
  return {
    matrix: sparseOf(rows, columns, entries.flat()),
    fixed: Float32Array.from({ length: columns * dimensions }, () => rng.unit() - 0.5),
    dimensions,
    diagonal: Float32Array.from({ length: dimensions }, () => rng.unit()),
    penalties: Float32Array.from({ length: rows }, () => rng.unit() + 0.1),
  };
}

function byCrew(problem: LeastSquares, threads = 1): Float32Array {
  const { matrix, dimensions } = problem;
  const scratchBytes = ialsScratchBytes(dimensions);
  const crew = createCrew({ bytes: 1 << 20, threads, scratchBytes });
  const out = crew.float32(matrix.rows * dimensions);
  crew.run('ials', { count: matrix.rows, chunk: 3 }, [
    crew.copyCodes(matrix.offsets).address,
    crew.copyCodes(matrix.codes).address,
    crew.copy(matrix.values).address,
    crew.copy(Float32Array.from(problem.fixed)).address,
    out.address,
    dimensions * 4,
    crew.copy(Float32Array.from(problem.diagonal)).address,
    crew.copy(Float32Array.from(problem.penalties)).address,
  ]);
  crew.close();
  return out.values.slice();
}

test('rows are solved as the normal equations say, whether entries or dimensions are fewer', () => {
  const shapes = fc.record({
    seed: fc.integer(),
    dimensions: fc.constantFrom(8, 16, 24, 40),
    rows: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(shapes, ({ seed, dimensions, rows }) => {
      const problem = problemOf(seed, dimensions, rows);
      const [fast, plain] = [byCrew(problem), scalarIals(problem)];
      for (const [i, value] of plain.entries()) expect(fast[i]).toBeCloseTo(value, 4);
    }),
    { numRuns: 15 },
  );
});

test('a row of one entry is the closed form: v · value / (value · |v|² + ridge)', () => {
  const fixed = Float32Array.of(1, 2, 0, 0, 0, 0, 0, 0);
  const [w0, w1] = byCrew({
    matrix: sparseOf(1, 1, [[0, 0, 3]]),
    fixed,
    dimensions: 8,
    diagonal: new Float32Array(8).fill(0.5),
    penalties: Float32Array.of(0.5),
  });
  // |v|² is 5 and the ridge 1: w = v · 3 / (3 · 5 + 1).
  expect(w0).toBeCloseTo(3 / 16, 6);
  expect(w1).toBeCloseTo(6 / 16, 6);
});

test('any number of threads gives the same bits', () => {
  const problem = problemOf(5, 16, 50);
  expect(byCrew(problem, 2)).toEqual(byCrew(problem, 1));
});

test('a row without entries is nothing', () => {
  expect([...byCrew(problemOf(1, 8, 1))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
