import { expect, test } from 'vitest';
import { embeddingDrift } from '../../src/math/embedding-drift.ts';
import { createVectorTable, type VectorTable } from '../../src/math/kernels/vector-table.ts';
import { sampleVectors } from '../../src/models/sample-vectors.ts';

/** A table of these rows. */
function tableOf(...rows: readonly (readonly number[])[]): VectorTable {
  const table = createVectorTable(rows.length, rows[0].length);
  for (const [row, values] of rows.entries()) table.setRow(row, values);
  return table;
}

test('only items that both know are taken, each with both of its vectors', async () => {
  const before = tableOf([1, 0], [0, 0], [0, 1], [1, 1]);
  const after = tableOf([0, 1], [1, 0], [0, 0], [2, 2], [5, 5]);
  expect(await sampleVectors(before, after)).toEqual({
    before: Float32Array.of(1, 0, 1, 1),
    after: Float32Array.of(0, 1, 2, 2),
    dimensions: 2,
    items: 2,
  });
});

test('more dimensions that say nothing are no drift', async () => {
  const before = tableOf([1, 0], [0, 1], [0.6, 0.8]);
  const after = tableOf([1, 0, 0], [0, 1, 0], [0.6, 0.8, 0]);
  for (const [was, is] of [
    [before, after],
    [after, before],
  ]) {
    const sample = await sampleVectors(was, is);
    expect(sample).toMatchObject({ dimensions: 3, items: 3 });
    expect(embeddingDrift(sample)).toBeCloseTo(0, 6);
  }
});

test('of a large catalogue 4096 items are taken, from the first to the last', async () => {
  const table = createVectorTable(50_000, 1);
  for (let row = 0; row < 50_000; row++) table.setRow(row, [row + 1]);
  const { before, items } = await sampleVectors(table, table);
  expect(items).toBe(4096);
  expect(new Set(before).size).toBe(4096);
  expect([Math.min(...before), Math.max(...before)]).toEqual([1, 49_988]);
});

test('models that have nothing in common give an empty sample', async () => {
  const sample = await sampleVectors(tableOf([1, 0], [0, 0]), tableOf([0, 0], [0, 1]));
  expect(sample).toMatchObject({ items: 0, before: new Float32Array(0) });
});
