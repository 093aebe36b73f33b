import { expect, test } from 'vitest';
import { createCrew } from '../../../src/math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../../src/math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../../src/math/rng.ts';
import { invertFactor } from '../../../src/models/linear/cholesky.ts';
import { inverseBytes, invertNegated, sizeStep } from '../../../src/models/linear/invert.ts';

/** A positive definite matrix: a Gram matrix of random vectors and a ridge. */
function positive(size: number, ridge: number): Float32Array {
  const rng = createRng(5);
  const vectors = Array.from({ length: size }, () =>
    Float64Array.from({ length: 20 }, () => rng.unit() - 0.5),
  );
  return Float32Array.from({ length: size * size }, (_, at) => {
    const [r, c] = [Math.floor(at / size), at % size];
    const product = vectors[r].reduce((sum, value, k) => sum + value * vectors[c][k], 0);
    return product + (r === c ? ridge : 0);
  });
}

function invertedBy(threads: number, matrix: Float32Array, size: number): Float32Array {
  const bytes = 4 * size * size + inverseBytes(size);
  const crew = createCrew({ bytes, threads, scratchBytes: gemmScratchBytes });
  const block = crew.copy(matrix);
  invertNegated(crew, { block, size });
  crew.close();
  return block.values.slice();
}

test('a matrix times its inverse is the unit matrix', () => {
  const size = 3 * sizeStep;
  const matrix = positive(size, 2);
  const inverse = invertedBy(1, matrix, size);
  for (let r = 0; r < size; r += 7)
    for (let c = 0; c < size; c += 5) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum -= matrix[r * size + k] * inverse[k * size + c];
      expect(sum).toBeCloseTo(r === c ? 1 : 0, 4);
    }
});

test('any number of threads inverts to the same bits', () => {
  const size = 2 * sizeStep;
  const matrix = positive(size, 1);
  expect(invertedBy(3, matrix, size)).toEqual(invertedBy(1, matrix, size));
});

test('a matrix that is not positive definite is refused', () => {
  expect(() => invertedBy(1, positive(sizeStep, -1), sizeStep)).toThrow(/expected more than 0/);
});

test('the inverse of a factor makes the matrix the unit matrix', () => {
  const size = 30;
  const gram = Float64Array.from(positive(size, 0.5));
  const w = invertFactor(gram, size);
  for (let r = 0; r < size; r++)
    for (let c = 0; c < size; c++) {
      let sum = 0;
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++)
          sum += w[a * size + r] * gram[a * size + b] * w[b * size + c];
      expect(sum).toBeCloseTo(r === c ? 1 : 0, 8);
    }
});

test('directions that a matrix does not have become 0', () => {
  const w = invertFactor(Float64Array.of(4, 4, 0, 4, 4, 0, 0, 0, 9), 3);
  expect([...w].map((value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual([
    0.5, 0, 0, 0, 0, 0, 0, 0, 0.333333,
  ]);
});
