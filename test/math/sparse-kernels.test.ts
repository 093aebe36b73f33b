import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Crew, createCrew } from '../../src/math/kernels/crew/crew.ts';
import { linkedScratchBytes } from '../../src/math/kernels/crew/kernel-calls.ts';
import { type SparseMatrix, sparseOf } from '../../src/math/sparse.ts';

const [rows, inner, columns] = [7, 5, 9];
const entriesOf = (height: number, width: number) =>
  fc.array(fc.tuple(fc.nat(height - 1), fc.nat(width - 1), fc.integer({ min: 1, max: 9 })), {
    maxLength: 40,
  });
const pair = fc.record({
  a: entriesOf(rows, inner).map((entries) => sparseOf(rows, inner, entries)),
  b: entriesOf(inner, columns).map((entries) => sparseOf(inner, columns, entries)),
  limit: fc.integer({ min: 1, max: 12 }),
});

/** The product, dense: whole numbers, so that no order of sums matters. */
function product(a: SparseMatrix, b: SparseMatrix): number[][] {
  const dense = Array.from({ length: a.rows }, () => new Array<number>(b.columns).fill(0));
  for (let r = 0; r < a.rows; r++)
    for (let at = a.offsets[r]; at < a.offsets[r + 1]; at++)
      for (let k = b.offsets[a.codes[at]]; k < b.offsets[a.codes[at] + 1]; k++)
        dense[r][b.codes[k]] += a.values[at] * b.values[k];
  return dense;
}

/** Entries of a row that are kept: farthest from 0 first, then by column. */
function greatest(row: readonly number[], own: number, limit: number): [number, number][] {
  return [...row.entries()]
    .filter(([column, value]) => value !== 0 && column !== own)
    .sort(([a, x], [b, y]) => Math.abs(y) - Math.abs(x) || a - b)
    .slice(0, limit);
}

function withCrew<Result>(threads: number, work: (crew: Crew) => Result): Result {
  const crew = createCrew({
    bytes: 1 << 16,
    threads,
    scratchBytes: linkedScratchBytes(columns, 12),
  });
  const result = work(crew);
  crew.close();
  return result;
}

function place(crew: Crew, { offsets, codes, values }: SparseMatrix): [number, number, number] {
  return [
    crew.copyCodes(offsets).address,
    crew.copyCodes(codes).address,
    crew.copy(values).address,
  ];
}

function placeKept(crew: Crew, limit: number) {
  const blocks = [
    crew.uint32(rows * limit),
    crew.float32(rows * limit),
    crew.uint32(rows),
  ] as const;
  const [codes, values, counts] = blocks;
  const read = () =>
    Array.from(counts.values, (count, row) =>
      Array.from({ length: count }, (_, i): [number, number] => [
        codes.values[row * limit + i],
        values.values[row * limit + i],
      ]),
    );
  const addresses: [number, number, number] = [codes.address, values.address, counts.address];
  return { addresses, read };
}

test('spgemm adds the plain product to rows of a block', () => {
  fc.assert(
    fc.property(pair, fc.nat(rows - 1), ({ a, b }, first) => {
      const block = withCrew(1, (crew) => {
        const c = crew.copy(new Float32Array((rows - first) * columns).fill(1));
        const to = [c.address, columns * 4, first] as const;
        crew.run('spgemm', { count: rows - first, chunk: 2 }, [
          ...place(crew, a),
          ...place(crew, b),
          ...to,
        ]);
        return [...c.values];
      });
      expect(block).toEqual(
        product(a, b)
          .slice(first)
          .flat()
          .map((value) => value + 1),
      );
    }),
  );
});

test('keep tells the entries of each row that are farthest from 0, in order, without the diagonal', () => {
  const signed = fc.array(
    fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }),
    {
      minLength: rows,
      maxLength: rows,
    },
  );
  fc.assert(
    fc.property(signed, fc.integer({ min: 1, max: 12 }), (table, limit) => {
      const kept = withCrew(1, (crew) => {
        const dense = crew.copy(Float32Array.from(table.flat()));
        const scales = crew.copy(Float32Array.from({ length: columns }, (_, j) => 2 ** (j % 3)));
        const { addresses, read } = placeKept(crew, limit);
        const from = [dense.address, columns * 4, columns, scales.address, 0, limit] as const;
        crew.run('keep', { count: rows, chunk: 3 }, [...from, ...addresses]);
        return read();
      });
      const scaled = table.map((row) => row.map((value, j) => value * 2 ** (j % 3)));
      expect(kept).toEqual(scaled.map((row, own) => greatest(row, own, limit)));
    }),
  );
});

test.each([1, 3])(
  'linked tells the greatest of the normalised product, by %i threads',
  (threads) => {
    fc.assert(
      fc.property(pair, ({ a, b, limit }) => {
        const kept = withCrew(threads, (crew) => {
          const { addresses, read } = placeKept(crew, limit);
          const norms = [
            crew.copy(Float32Array.from({ length: rows }, (_, i) => 1 + (i % 2))).address,
            crew.copy(Float32Array.from({ length: columns }, (_, j) => 2 ** (j % 3))).address,
          ] as const;
          const rules = [columns, ...norms, 2, limit, ...addresses] as const;
          crew.run('linked', { count: rows, chunk: 2 }, [
            ...place(crew, a),
            ...place(crew, b),
            ...rules,
          ]);
          return read();
        });
        const normal = product(a, b).map((row, i) =>
          row.map((value, j) => Math.fround(value / ((1 + (i % 2)) * 2 ** (j % 3) + 2))),
        );
        expect(kept).toEqual(normal.map((row, own) => greatest(row, own, limit)));
      }),
      { numRuns: threads === 1 ? 100 : 5 },
    );
  },
);
