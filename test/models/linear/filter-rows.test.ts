import { expect, test } from 'vitest';
import { createCrew } from '../../../src/math/kernels/crew/crew.ts';
import { createRng } from '../../../src/math/rng.ts';
import { type SparseMatrix, sparseOf } from '../../../src/math/sparse.ts';
import { symmetricEigen } from '../../../src/math/symmetric-eigen.ts';
import {
  filterBytes,
  filterRows,
  filterScratchBytes,
} from '../../../src/models/linear/filter-rows.ts';
import { sharpened } from '../../../src/models/linear/sharpen.ts';

const items = 24;
const filters = { rank: 16, lowPass: 0.3, sharpening: 0, iterations: 40, seed: 1, keep: 100 };

/** Users of some of the items, so that every item has one. */
function randomMatrix(users: number): SparseMatrix {
  const rng = createRng(4);
  const entries = Array.from({ length: users * items }, (_, at) => ({
    u: Math.floor(at / items),
    i: at % items,
  }))
    .filter(({ u, i }) => u % items === i || rng.unit() < 0.2)
    .map(({ u, i }) => [u, i, 0.5 + rng.unit()] as const);
  return sparseOf(users, items, entries);
}

/** The filtered matrix, dense, without its diagonal. */
function filtered(matrix: SparseMatrix, rules: Partial<typeof filters>, threads = 1): number[][] {
  const given = { ...filters, ...rules };
  const shape = { users: matrix.rows, items, entries: matrix.codes.length };
  const bytes = filterBytes(shape, given);
  const crew = createCrew({ bytes, threads, scratchBytes: filterScratchBytes(given.keep) });
  const { offsets, codes, weights } = filterRows(crew, matrix, given);
  crew.close();
  const dense = Array.from({ length: items }, () => new Array<number>(items).fill(0));
  for (let i = 0; i < items; i++)
    for (let at = offsets[i]; at < offsets[i + 1]; at++) dense[i][codes[at]] = weights[at];
  return dense;
}

/** Eigenvalues and vectors of the normalised co-occurrence, greatest first, and degrees of items; in double precision. */
function spectrum({ rows, offsets, codes, values }: SparseMatrix) {
  const users = new Float64Array(rows);
  const degrees = new Float64Array(items);
  for (let u = 0; u < rows; u++)
    for (let at = offsets[u]; at < offsets[u + 1]; at++) {
      users[u] += values[at];
      degrees[codes[at]] += values[at];
    }
  const product = new Float64Array(items * items);
  for (let u = 0; u < rows; u++)
    for (let a = offsets[u]; a < offsets[u + 1]; a++)
      for (let b = offsets[u]; b < offsets[u + 1]; b++)
        product[codes[a] * items + codes[b]] +=
          (values[a] * values[b]) / users[u] / Math.sqrt(degrees[codes[a]] * degrees[codes[b]]);
  const eigen = symmetricEigen(product, items);
  const order = [...eigen.values.keys()].sort((a, b) => eigen.values[b] - eigen.values[a]);
  const vectors = order.map((k) => eigen.vectors.subarray(k * items, (k + 1) * items));
  return { degrees, values: order.map((k) => eigen.values[k]), vectors };
}

/** Σ_k f(k) v_k(i) v_k(j). */
function compose(
  { vectors }: ReturnType<typeof spectrum>,
  [i, j]: readonly [number, number],
  f: (k: number) => number,
): number {
  return vectors.reduce((sum, vector, k) => sum + f(k) * vector[i] * vector[j], 0);
}

test('without sharpening it is the co-occurrence and the projection to the leading eigenvectors', () => {
  const matrix = randomMatrix(90);
  const parts = spectrum(matrix);
  const dense = filtered(matrix, {});
  for (let i = 0; i < items; i++)
    for (let j = 0; j < items; j++) {
      if (i === j) continue;
      const linear = compose(parts, [i, j], (k) => parts.values[k]);
      const low = compose(parts, [i, j], (k) => (k < 16 ? 1 : 0));
      const lifted = low * Math.sqrt(parts.degrees[j] / parts.degrees[i]);
      expect(dense[i][j]).toBeCloseTo(linear + 0.3 * lifted, 2);
    }
});

test('sharpening is a step of Runge and Kutta on both filters, exact where the rank is full', () => {
  const matrix = randomMatrix(90);
  const parts = spectrum(matrix);
  const dense = filtered(matrix, { rank: 32, sharpening: 2.5 });
  for (let i = 0; i < items; i++)
    for (let j = 0; j < items; j++) {
      if (i === j) continue;
      const both = compose(
        parts,
        [i, j],
        (k) => (parts.values[k] + 0.3) * sharpened(parts.values[k], 2.5),
      );
      expect(dense[i][j]).toBeCloseTo(both, 3);
    }
});

test('any number of threads filters to the same bits', () => {
  const matrix = randomMatrix(50);
  expect(filtered(matrix, { sharpening: 1 }, 3)).toEqual(filtered(matrix, { sharpening: 1 }));
});

test('fewer weights are the greatest of more', () => {
  const matrix = randomMatrix(50);
  const [few, all] = [filtered(matrix, { keep: 3 }), filtered(matrix, {})];
  for (let i = 0; i < items; i++) {
    const greatest = all[i]
      .map(Math.abs)
      .sort((a, b) => b - a)
      .slice(0, 3);
    expect(
      few[i]
        .map(Math.abs)
        .sort((a, b) => b - a)
        .slice(0, 3),
    ).toEqual(greatest);
    expect(few[i].filter((weight) => weight !== 0)).toHaveLength(3);
  }
});

test.each([
  [0, 2.5, 1],
  [1, 0.5, 0.606_770_833],
  [0.5, 2, 0.375],
])('sharpening %d over %d leaves %d', (value, time, left) => {
  expect(sharpened(value, time)).toBeCloseTo(left, 8);
});
