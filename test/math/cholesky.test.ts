import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCrew } from '../../src/math/kernels/crew/crew.ts';
import { createRng } from '../../src/math/rng.ts';

/** Solves A x = b by Cholesky's factor in doubles, as textbooks have it. */
function solvePlain(a: readonly number[][], b: readonly number[]): number[] {
  const size = b.length;
  const u = a.map((row) => row.map(() => 0));
  for (let i = 0; i < size; i++)
    for (let j = i; j < size; j++) {
      let sum = a[i][j];
      for (let k = 0; k < i; k++) sum -= u[k][i] * u[k][j];
      u[i][j] = j === i ? Math.sqrt(sum) : sum / u[i][i];
    }
  const x = [...b];
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i] -= u[k][i] * x[k];
    x[i] /= u[i][i];
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i] -= u[i][k] * x[k];
    x[i] /= u[i][i];
  }
  return x;
}

/** A sum of squares, and something on its diagonal: positive definite. */
function randomSystem(size: number, seed: number): { a: number[][]; b: number[] } {
  const rng = createRng(seed);
  const random = () => Array.from({ length: size }, () => rng.unit() - 0.5);
  const rows = Array.from({ length: size }, random);
  const a = rows.map((_, i) =>
    rows.map((__, j) => rows.reduce((sum, row) => sum + row[i] * row[j], 0) + (i === j ? 1 : 0)),
  );
  return { a, b: random() };
}

/** Solutions of systems of one size; numbers below the diagonal are handed in as `NaN`. */
function solve(
  systems: readonly { a: number[][]; b: number[] }[],
  { threads = 1, padding = 0 } = {},
): Float32Array {
  const size = systems[0].b.length;
  const width = size + padding;
  const crew = createCrew({ bytes: 1 << 22, threads });
  const matrices = crew.float32(systems.length * size * width);
  const vectors = crew.float32(systems.length * size);
  for (const [s, { a, b }] of systems.entries()) {
    vectors.values.set(b, s * size);
    for (const [i, row] of a.entries())
      matrices.values.set(
        row.map((value, j) => (j < i ? Number.NaN : value)),
        (s * size + i) * width,
      );
  }
  crew.run('cholesky', { count: systems.length, chunk: 1 }, [
    matrices.address,
    width * 4,
    vectors.address,
    size,
  ]);
  crew.close();
  return vectors.values.slice();
}

test('a system of equations is solved as in doubles', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(1e6), (eighths, seed) => {
      const system = randomSystem(8 * eighths, seed);
      const expected = solvePlain(system.a, system.b);
      for (const [i, value] of solve([system]).entries()) expect(value).toBeCloseTo(expected[i], 4);
    }),
    { numRuns: 30 },
  );
});

test('any number of threads, and padding behind rows, gives the same bits', () => {
  const systems = Array.from({ length: 7 }, (_, s) => randomSystem(24, s));
  const one = solve(systems);
  expect(solve(systems, { threads: 3 })).toEqual(one);
  expect(solve(systems, { padding: 8 })).toEqual(one);
});

test('a diagonal system divides by the diagonal', () => {
  const a = Array.from({ length: 8 }, (_, i) =>
    Array.from({ length: 8 }, (__, j) => (i === j ? 2 ** i : 0)),
  );
  const solved = solve([{ a, b: new Array<number>(8).fill(64) }]);
  for (const [i, value] of solved.entries()) expect(value).toBeCloseTo(64 / 2 ** i, 4);
});

test('a matrix that is not positive definite gives no numbers, and the next system is solved', () => {
  const good = randomSystem(8, 1);
  const bad = {
    a: good.a.map((row, i) => row.map((v, j) => (i === 3 && j === 3 ? -1 : v))),
    b: good.b,
  };
  const solved = solve([bad, good]);
  expect(solved.subarray(0, 8).some(Number.isNaN)).toBe(true);
  expect(solved.subarray(8)).toEqual(solve([good]));
});
