import { expect, test } from 'vitest';
import { createVectorTable } from '../../../src/math/kernels/vector-table.ts';
import { itemColumns, itemVectors } from '../../../src/signals/known/known-items.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';
import { createShop, shopItem } from '../../pipeline/test-work.ts';

test('items carry the code of their own catalogue and whether they may be served', () => {
  const table = createShop(3);
  table.upsert(shopItem(1, { hidden: true }));
  const codes = new EventCodes();
  const { count, catalog, live } = itemColumns(table, codes);
  expect(count).toBe(3);
  expect([...catalog].map((code) => codes.nameOf(code))).toEqual(['shoes', 'coats', 'shoes']);
  expect([...live]).toEqual([1, 0, 1]);
});

test('the vectors of a model travel in shared memory, with its version', () => {
  const vectors = createVectorTable(3, 2);
  vectors.setRow(1, [0.6, 0.8]);
  const stamp = { kind: 'item2vec', version: 'v1', trainedAtMs: 0 };
  const rest = { retrieve: () => {}, score: () => {} };
  const shared = itemVectors({ ...stamp, ...rest, vectors, norms: Float32Array.of(0, 2, 0) });
  expect(shared).toMatchObject({ version: 'v1', dimensions: 2, count: 3 });
  expect([...shared!.values]).toEqual([0, 0, Math.fround(0.6), Math.fround(0.8), 0, 0]);
  expect(shared!.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(itemVectors({ ...stamp, ...rest })).toBeUndefined();
});
