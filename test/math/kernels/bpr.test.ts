import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAliasTable } from '../../../src/math/kernels/alias-table.ts';
import { createCrew } from '../../../src/math/kernels/crew/crew.ts';
import { bprScratchBytes } from '../../../src/math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../../src/math/rng.ts';
import { sparseOf } from '../../../src/math/sparse.ts';
import { type BprPass, scalarBpr } from './scalar-bpr.ts';

interface Shape {
  readonly seed: number;
  readonly rows: number;
  readonly columns: number;
  readonly dimensions: number;
  readonly negatives: number;
}

function passOf({ seed, rows, columns, dimensions, negatives }: Shape): BprPass {
  const rng = createRng(seed);
  const entries = Array.from(
    { length: 3 * rows },
    () => [rng.below(rows), rng.below(columns), 1] as const,
  );
  const matrix = sparseOf(rows, columns, entries);
  const random = (length: number) => Float32Array.from({ length }, () => 4 * rng.unit() - 2);
  return {
    matrix,
    dimensions,
    users: random(rows * dimensions),
    items: random(columns * dimensions),
    order: Uint32Array.from(matrix.codes, (_, entry) => entry),
    table: createAliasTable(Array.from({ length: columns }, (_, item) => item + 1)),
    state: Uint32Array.from({ length: 4 }, () => rng.bits() | 1),
    negatives,
    rate: 0.1,
    regularisation: 0.02,
  };
}

/** Runs the kernel so many times; the pass holds what came of it. */
function byKernel(pass: BprPass, times: number): void {
  const { matrix, users, items, order, table, state } = pass;
  const crew = createCrew({ bytes: 1 << 18, scratchBytes: bprScratchBytes });
  const owners = Uint32Array.from(matrix.codes, (_, entry) =>
    matrix.offsets.findLastIndex((start) => start <= entry),
  );
  const [offsets, codes] = [crew.copyCodes(matrix.offsets), crew.copyCodes(matrix.codes)];
  const blocks = [crew.copy(users), crew.copy(items)] as const;
  const words = [crew.copyCodes(order), crew.copyCodes(state)] as const;
  const { address: ownersAt } = crew.copyCodes(owners);
  const { address: tableAt } = crew.copyCodes(table);
  for (let time = 0; time < times; time++)
    crew.run('bpr', { count: 1 }, [
      offsets.address,
      codes.address,
      ownersAt,
      words[0].address,
      order.length,
      blocks[0].address,
      blocks[1].address,
      matrix.columns,
      pass.dimensions * 4,
      tableAt,
      words[1].address,
      pass.negatives,
      pass.rate,
      pass.regularisation,
    ]);
  crew.close();
  users.set(blocks[0].values);
  items.set(blocks[1].values);
  order.set(words[0].values);
}

test('a pass of the kernel is a pass of the plain one, to the last bit', () => {
  const shapes = fc.record({
    seed: fc.integer(),
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 1, max: 20 }),
    dimensions: fc.constantFrom(4, 8, 12, 16),
    negatives: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(shapes, (shape) => {
      const [fast, plain] = [passOf(shape), passOf(shape)];
      byKernel(fast, 2);
      for (let time = 0; time < 2; time++) scalarBpr(plain);
      expect(fast.order).toEqual(plain.order);
      expect(fast.users).toEqual(plain.users);
      expect(fast.items).toEqual(plain.items);
    }),
    { numRuns: 60 },
  );
});

test('one step is the gradient of log σ of the difference, worked out by hand', () => {
  const pass: BprPass = {
    matrix: sparseOf(1, 2, [[0, 0, 1]]),
    dimensions: 4,
    users: Float32Array.of(1, 0, 0, 0),
    items: Float32Array.of(0.5, 1, 0, 0, 0.25, 0, 0, 0),
    order: Uint32Array.of(0),
    table: createAliasTable([0, 1]),
    state: Uint32Array.of(1, 2, 3, 4),
    negatives: 1,
    rate: 0.1,
    regularisation: 0,
  };
  byKernel(pass, 1);
  // 1 - σ(0.5 - 0.25) = 0.4378235
  expect(pass.items[0]).toBeCloseTo(0.5 + 0.04378235, 6);
  expect(pass.items[4]).toBeCloseTo(0.25 - 0.04378235, 6);
  expect(pass.users[0]).toBeCloseTo(1 + 0.04378235 * 0.25, 6);
  expect(pass.users[1]).toBeCloseTo(0.04378235, 6);
});
