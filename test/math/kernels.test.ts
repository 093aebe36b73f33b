import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createVectorTable, type VectorTable } from '../../src/math/kernels/vector-table.ts';
import { createRng } from '../../src/math/rng.ts';

const ascInstalled = await import('assemblyscript/asc').then(
  () => true,
  () => false,
);
const f32 = Math.fround;
const engines = [{ simd: true }, { simd: false }, { simd: true, codes: true }];
const number = fc.double({ min: -4, max: 4, noNaN: true }).map(f32);

/** A table of given rows on each engine, and the pool and query to ask them for. */
const questions = fc
  .record({ rows: fc.integer({ min: 1, max: 40 }), dimensions: fc.integer({ min: 1, max: 21 }) })
  .chain(({ rows, dimensions }) => {
    const vector = fc.array(number, { minLength: dimensions, maxLength: dimensions });
    const zero = vector.map((values) => values.map(() => 0));
    return fc.record({
      matrix: fc.array(fc.oneof({ weight: 9, arbitrary: vector }, zero), {
        minLength: rows,
        maxLength: rows,
      }),
      query: vector.map((values) => Float32Array.from(values)),
      // Beyond the table on both sides, and more than once.
      pool: fc.array(fc.record({ item: fc.integer({ min: -3, max: rows + 3 }), score: number }), {
        maxLength: 70,
      }),
      diversity: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      wanted: fc.integer({ min: 0, max: 80 }),
    });
  });

function tableOf(matrix: readonly (readonly number[])[], options = {}): VectorTable {
  const table = createVectorTable(matrix.length, matrix[0].length, options);
  for (const [row, values] of matrix.entries()) table.setRow(row, values);
  return table;
}

function dotOf(table: VectorTable, query: Float32Array, items: Int32Array): Float32Array {
  const out = new Float32Array(items.length);
  table.dot(query, items, items.length, out);
  return out;
}

function nearestOf(table: VectorTable, query: Float32Array, limit: number) {
  const items = new Int32Array(limit);
  const scores = new Float32Array(limit);
  const count = table.nearest(query, limit, items, scores);
  return { items: [...items.subarray(0, count)], scores: [...scores.subarray(0, count)] };
}

type Position = { readonly item: number; readonly score: number };

function mmrOf(table: VectorTable, pool: readonly Position[], diversity: number, wanted = 99) {
  const order = new Int32Array(pool.length);
  const items = Int32Array.from(pool, ({ item }) => item);
  const scores = Float32Array.from(pool, ({ score }) => score);
  const { length: count } = pool;
  const chosen = table.mmr({ items, scores, count, wanted, diversity, order });
  return [...order.subarray(0, chosen)];
}

const unit = (values: readonly number[]) => {
  const length = Math.hypot(...values);
  return values.map((value) => (length > 0 ? value / length : 0));
};
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => value * (b[i] ?? 0)).reduce((sum, value) => sum + value, 0);

test('SIMD and plain kernels give the same bits', () => {
  fc.assert(
    fc.property(questions, ({ matrix, query, pool, diversity, wanted }) => {
      const [simd, plain, coded] = engines.map((options) => tableOf(matrix.map(unit), options));
      const items = Int32Array.from(pool, ({ item }) => item);
      expect(dotOf(simd, query, items)).toEqual(dotOf(plain, query, items));
      expect(nearestOf(simd, query, wanted)).toEqual(nearestOf(plain, query, wanted));
      expect(nearestOf(coded, query, wanted)).toEqual(nearestOf(plain, query, wanted));
      const order = mmrOf(simd, pool, diversity, wanted);
      expect(order).toEqual(mmrOf(plain, pool, diversity, wanted));
      expect(order.length).toBe(Math.min(wanted, pool.length));
    }),
  );
});

test('a search by codes gives the bits of a plain one, whatever the sizes of the numbers', () => {
  const size = fc.integer({ min: -45, max: 38 }).map((exponent) => 10 ** exponent);
  const wild = fc
    .tuple(number, fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, size))
    .map(([value, factor]) => Math.max(-3e38, Math.min(3e38, f32(value * factor))));
  const vector = fc.array(wild, { minLength: 6, maxLength: 6 });
  const matrix = fc.array(vector, { minLength: 1, maxLength: 90 });
  fc.assert(
    fc.property(matrix, vector, fc.integer({ min: 1, max: 9 }), (rows, query, limit) => {
      const [simd, plain, coded] = engines.map((options) => tableOf(rows, options));
      const expected = nearestOf(plain, Float32Array.from(query), limit);
      expect(nearestOf(coded, Float32Array.from(query), limit)).toEqual(expected);
      expect(nearestOf(simd, Float32Array.from(query), limit)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('a search by codes finds the best of a large table, and sees rows that changed', () => {
  const rng = createRng(4);
  const random = () => Float32Array.from({ length: 10 }, () => rng.unit() - 0.5);
  const [coded, plain] = [true, false].map((codes) => createVectorTable(5000, 10, { codes }));
  for (let row = 0; row < 5000; row++) {
    // Equal rows too: the first of them is the better one.
    const values = row % 7 === 0 && row > 0 ? coded.row(row - 1).slice() : random();
    for (const table of [coded, plain]) table.setRow(row, values);
  }
  for (let question = 0; question < 30; question++) {
    const query = random();
    for (const table of [coded, plain]) table.setRow(100 * question, query.map((v) => 3 * v)); // biome-ignore format: a line
    const found = nearestOf(coded, query, 100);
    expect(found).toEqual(nearestOf(plain, query, 100));
    expect(found.items[0]).toBe(100 * question);
  }
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 0])(
  'a search by codes for %d is a plain one',
  (value) => {
    const [coded, plain] = [true, false].map((codes) => createVectorTable(40, 4, { codes }));
    for (const table of [coded, plain])
      for (let row = 0; row < 40; row++) table.setRow(row, [row - 20, 1, 2, 3]);
    const query = Float32Array.of(value, 0, 0, 0);
    expect(nearestOf(coded, query, 5)).toEqual(nearestOf(plain, query, 5));
  },
);

test('a dot product is within 1e-5 of the one in doubles, and 0 outside the table', () => {
  fc.assert(
    fc.property(questions, ({ matrix, query, pool }) => {
      const items = Int32Array.from(pool, ({ item }) => item);
      const out = dotOf(tableOf(matrix), query, items);
      for (const [i, item] of items.entries()) {
        const row = matrix[item] ?? [];
        const size = dot(row.map(Math.abs), query.map(Math.abs));
        expect(Math.abs(out[i] - dot(row, query))).toBeLessThanOrEqual(1e-5 * size + 2 ** -140);
      }
    }),
  );
});

test('nearest gives the greatest dots of all rows, equal ones by row', () => {
  fc.assert(
    fc.property(questions, ({ matrix, query, wanted }) => {
      const table = tableOf(matrix);
      const scores = dotOf(table, query, Int32Array.from(matrix.keys()));
      const best = [...matrix.keys()]
        .sort((a, b) => scores[b] - scores[a] || a - b)
        .slice(0, wanted);
      expect(nearestOf(table, query, wanted)).toEqual({
        items: best,
        scores: best.map((row) => scores[row]),
      });
    }),
  );
});

test('each choice of MMR is the best by its definition in doubles', () => {
  fc.assert(
    fc.property(questions, ({ matrix, pool, diversity }) => {
      const rows = matrix.map(unit);
      const all = pool.map(({ score }) => score);
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const chosen: number[] = [];
      const worth = (i: number) => {
        const cosines = chosen.map((j) => dot(rows[pool[i].item] ?? [], rows[pool[j].item] ?? []));
        const relevance = high > low ? (pool[i].score - low) / (high - low) : 0;
        const similarity = cosines.length > 0 ? Math.max(...cosines) : 0;
        return (1 - diversity) * relevance - diversity * similarity;
      };
      for (const position of mmrOf(tableOf(rows), pool, diversity)) {
        const best = Math.max(...[...pool.keys()].filter((i) => !chosen.includes(i)).map(worth));
        expect(worth(position)).toBeGreaterThanOrEqual(best - 1e-5);
        chosen.push(position);
      }
    }),
    { numRuns: 40 },
  );
});

test.each(engines)('MMR passes over a near copy, as worked out by hand ($simd)', (options) => {
  const table = tableOf([[1, 0], [0.8, 0.6], [0, 1]], options); // biome-ignore format: a matrix
  const pool = [3, 2.9, 2].map((score, item) => ({ item, score }));
  // Values of the second step: 0.5 · 0.9 - 0.5 · 0.8 = 0.05 and 0.5 · 0 - 0.5 · 0 = 0; at 0.6: -0.12 and 0.
  expect(mmrOf(table, pool, 0.5)).toEqual([0, 1, 2]);
  expect(mmrOf(table, pool, 0.6)).toEqual([0, 2, 1]);
});

test.each(engines)('diversity 0 keeps the order of scores to the last bit ($simd)', (options) => {
  const table = tableOf([[1]], options);
  const scores = [1, 1 + 2 ** -23, -1e30, 1, 1e30, 1 - 2 ** -24];
  const pool = scores.map((score) => ({ item: 0, score }));
  expect(mmrOf(table, pool, 0)).toEqual([4, 1, 0, 3, 5, 2]);
});

test.each(engines)('equal values go by position, for every diversity ($simd)', (options) => {
  const table = tableOf([[1, 0]], options);
  const pool = Array.from({ length: 9 }, () => ({ item: 0, score: 2 }));
  for (const diversity of [0, 0.3, 1])
    expect(mmrOf(table, pool, diversity)).toEqual([...pool.keys()]);
});

test.each(engines)('scores that are not finite count as the lowest ($simd)', (options) => {
  const table = tableOf([[1, 0], [0, 1]], options); // biome-ignore format: a matrix
  const scores = [Number.NaN, 3e38, Number.NEGATIVE_INFINITY, -3e38, Number.POSITIVE_INFINITY];
  const pool = scores.map((score) => ({ item: -1, score }));
  expect(mmrOf(table, pool, 0)).toEqual([1, 0, 2, 3, 4]);
  expect(mmrOf(table, pool, 0.4)).toEqual([1, 0, 2, 3, 4]);
  const none = [Number.NaN, Number.NaN].map((score) => ({ item: 0, score }));
  expect(mmrOf(table, none, 0.5)).toEqual([0, 1]);
});

test.each(engines)('nearest leaves out rows whose dot product overflowed ($simd)', (options) => {
  const table = tableOf([[3e38, -3e38, 0, 0, -3e38], [1, 1, 0, 0, 1], [-3e38, 0, 0, 0, -3e38]], options); // biome-ignore format: a matrix
  const query = Float32Array.of(2, 2, 0, 0, 2);
  expect(nearestOf(table, query, 3)).toEqual({ items: [1], scores: [6] });
});

test.each(engines)('a list longer than the pool capacity is scored whole ($simd)', (options) => {
  const table = tableOf([[1], [2], [3]], options);
  const items = Int32Array.from({ length: 9001 }, (_, i) => (i % 5) - 1);
  const expected = Float32Array.from(items, (item) => [0, 1, 2, 3, 0][item + 1]);
  expect(dotOf(table, Float32Array.of(1), items)).toEqual(expected);
});

test('a row is a live view', () => {
  const table = createVectorTable(2, 3);
  const row = table.row(1);
  table.setRow(1, [1, 2, 3]);
  expect([...row]).toEqual([1, 2, 3]);
  expect([...table.row(0)]).toEqual([0, 0, 0]);
});

test('bad shapes, rows, queries and pools are refused', () => {
  const table = createVectorTable(2, 3);
  const query = new Float32Array(3);
  const [items, scores] = [new Int32Array(4), new Float32Array(4)];
  const pool = { items, scores, count: 4, wanted: 4, diversity: 0.5, order: new Int32Array(4) };
  const wrong: (() => unknown)[] = [
    () => createVectorTable(0, 3),
    () => createVectorTable(2, 1.5),
    () => createVectorTable(2 ** 30, 64),
    () => table.row(2),
    () => table.row(-1),
    () => table.setRow(Number.NaN, [1, 2, 3]),
    () => table.setRow(0, [1, 2]),
    () => table.setRow(0, [1, 2, 1e39]),
    () => table.dot(new Float32Array(4), items, 4, scores),
    () => table.dot(query, items, 5, scores),
    () => table.dot(query, items, -1, scores),
    () => table.nearest(query, 5, items, scores),
    () => table.mmr({ ...pool, count: 5 }),
    () => table.mmr({ ...pool, diversity: 1.1 }),
    () => table.mmr({ ...pool, diversity: Number.NaN }),
    () => table.mmr({ ...pool, wanted: -1 }),
    () => table.mmr({ ...pool, order: new Int32Array(3) }),
  ];
  for (const call of wrong) expect(call, String(call)).toThrow(RangeError);
});

test('a runtime without WebAssembly takes the plain kernels', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  vi.resetModules();
  const fresh = await import('../../src/math/kernels/vector-table.ts');
  const table = fresh.createVectorTable(1, 2);
  vi.unstubAllGlobals();
  table.setRow(0, [1, 2]);
  expect([...dotOf(table, Float32Array.of(3, 4), Int32Array.of(0, 1))]).toEqual([11, 0]);
});

test.skipIf(!ascInstalled)(
  'what is committed is what the AssemblyScript sources compile to',
  async () => {
    const { generateBinary, kernelBuilds } = await import('../../src/math/kernels/build.ts');
    for (const build of kernelBuilds)
      expect(readFileSync(build.binaryUrl, 'utf8')).toBe(await generateBinary(build));
  },
);
