import { expect, test } from 'vitest';
import { binary } from '../../src/math/kernels/crew/binary.ts';
import { createCrew } from '../../src/math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../src/math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../src/math/rng.ts';
import { sparseOf } from '../../src/math/sparse.ts';

/** A product of a random sparse matrix with a random dense one, by a crew of so many threads. */
function product(threads: number, width: number): { crew: Float32Array; plain: Float32Array } {
  const rng = createRng(3);
  const [rows, columns] = [200, 50];
  const entries = Array.from(
    { length: 900 },
    () => [Math.floor(rng.unit() * rows), Math.floor(rng.unit() * columns), rng.unit()] as const,
  );
  const matrix = sparseOf(rows, columns, entries);
  const dense = Float32Array.from({ length: columns * width }, () => rng.unit() - 0.5);
  const crew = createCrew({ bytes: 1 << 20, threads });
  const out = crew.float32(rows * width);
  crew.run('spmm', { count: rows, chunk: 7 }, [
    crew.copyCodes(matrix.offsets).address,
    crew.copyCodes(matrix.codes).address,
    crew.copy(matrix.values).address,
    crew.copy(dense).address,
    out.address,
    width * 4,
  ]);
  crew.close();
  const plain = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    for (let at = matrix.offsets[row]; at < matrix.offsets[row + 1]; at++)
      for (let d = 0; d < width; d++)
        plain[row * width + d] += Math.fround(
          matrix.values[at] * dense[matrix.codes[at] * width + d],
        );
  return { crew: out.values.slice(), plain };
}

test.each([16, 32, 48, 64, 80])('spmm of %i columns is the plain product', (width) => {
  const { crew, plain } = product(1, width);
  expect(crew).toEqual(plain);
});

test('any number of threads gives the same bits', () => {
  const [one, two, four] = [1, 2, 4].map((threads) => product(threads, 48).crew);
  expect(two).toEqual(one);
  expect(four).toEqual(one);
});

test('a crew runs job after job, each whole', () => {
  const crew = createCrew({ bytes: 1 << 16, threads: 2 });
  const offsets = crew.copyCodes(Uint32Array.from({ length: 101 }, (_, row) => row));
  const codes = crew.copyCodes(new Uint32Array(100));
  const values = crew.float32(100);
  const dense = crew.copy(new Float32Array(16).fill(1));
  const out = crew.float32(1600);
  for (let job = 1; job <= 300; job++) {
    values.values.fill(job);
    crew.run('spmm', { count: 100, chunk: 3 }, [
      offsets.address,
      codes.address,
      values.address,
      dense.address,
      out.address,
      64,
    ]);
    expect(out.values.every((value) => value === job)).toBe(true);
  }
  crew.close();
});

test('a crew says when its memory is used up, and when it would need more than there can be', () => {
  const crew = createCrew({ bytes: 65_536 });
  expect(() => crew.float32(1 << 20)).toThrow(RangeError);
  expect(() => createCrew({ bytes: 5e9 })).toThrow(/at most 4 GB/);
});

test('blocks begin on cache lines and do not overlap', () => {
  const crew = createCrew({ bytes: 4096 });
  const [a, b] = [crew.float32(3), crew.uint32(5)];
  expect(a.address % 64).toBe(0);
  expect(b.address).toBeGreaterThanOrEqual(a.address + 12);
  a.values.fill(1);
  expect([...b.values]).toEqual([0, 0, 0, 0, 0]);
});

test.each([
  { rows: 5, inner: 3, columns: 8 },
  { rows: 9, inner: 300, columns: 24 },
  { rows: 64, inner: 513, columns: 64 },
])('gemm adds the plain product of $rows x $inner by $inner x $columns', (shape) => {
  const { rows, inner, columns } = shape;
  const rng = createRng(9);
  const random = (length: number) => Float32Array.from({ length }, () => rng.unit() - 0.5);
  const [a, b] = [random(rows * inner), random(inner * columns)];
  const multiply = (threads: number, isTurned: boolean) => {
    const crew = createCrew({ bytes: 1 << 20, threads, scratchBytes: gemmScratchBytes });
    const c = crew.copy(new Float32Array(rows * columns).fill(2));
    const given = isTurned ? a.map((_, i) => a[(i % rows) * inner + Math.floor(i / rows)]) : a;
    const [aRow, aColumn] = isTurned ? [4, rows * 4] : [inner * 4, 4];
    crew.run('gemm', { count: rows, chunk: 8 }, [
      crew.copy(given).address,
      aRow,
      aColumn,
      crew.copy(b).address,
      columns * 4,
      c.address,
      columns * 4,
      inner,
      columns,
    ]);
    crew.close();
    return c.values.slice();
  };
  const plain = new Float64Array(rows * columns).fill(2);
  for (let r = 0; r < rows; r++)
    for (let k = 0; k < inner; k++)
      for (let j = 0; j < columns; j++)
        plain[r * columns + j] += a[r * inner + k] * b[k * columns + j];
  const product = multiply(1, false);
  for (const [i, value] of plain.entries()) expect(product[i]).toBeCloseTo(value, 3);
  expect(multiply(1, true)).toEqual(product);
  expect(multiply(3, false)).toEqual(product);
});

/** The codes of the sections of a WebAssembly module, in order (WebAssembly core specification 5.5.2). */
function sectionsOf(module: Uint8Array): number[] {
  const sections: number[] = [];
  for (let at = 8; at < module.length; ) {
    sections.push(module[at++]);
    let bytes = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++];
      bytes += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    at += bytes;
  }
  return sections;
}

const section = { start: 8, code: 10, data: 11, dataCount: 12 } as const;

test('the sections of a module are found in it', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const long = [section.code, 0x80, 0x01, ...new Array<number>(128).fill(section.start)];
  const module = Uint8Array.from([...header, ...long, section.data, 1, 0]);
  expect(sectionsOf(module)).toEqual([section.code, section.data]);
});

test('a thread that joins a crew writes nothing into its memory: no data, no start function', () => {
  const sections = sectionsOf(Buffer.from(binary, 'base64'));
  expect(sections).toContain(section.code);
  for (const writing of [section.data, section.dataCount, section.start])
    expect(sections).not.toContain(writing);
});
