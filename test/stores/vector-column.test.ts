import { expect, test } from 'vitest';
import type { Labels } from '../../src/domain/labels.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { unreachable, VectorColumn } from '../../src/stores/vector-column.ts';

function put(table: ItemTable, id: string, labels: Labels, hidden = false): number {
  const plain = { catalog: 'c', categories: [], attributes: {}, publishedAtMs: 0 };
  return table.upsert({ ...plain, id, labels, hidden });
}
const rowOf = (column: VectorColumn, item: number) => {
  const row = column.row(item);
  return row && [...row];
};

test('the table keeps the vectors of the columns it is asked for, and follows changes', () => {
  const table = new ItemTable({ vectorColumns: ['text.vector'] });
  const column = table.keepVectors('text.vector');
  const a = put(table, 'a', { text: { vector: [3, 4] } });
  const b = put(table, 'b', { text: 'no vector' });
  expect(rowOf(column, a)).toEqual([3, 4, -12.5]);
  expect([column.has(a), column.has(b), column.has(-1), column.has(99)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const before = column.revision;
  put(table, 'a', { text: { vector: [0, 2] } });
  expect(rowOf(column, a)).toEqual([0, 2, -2]);
  expect(column.revision).toBeGreaterThan(before);
  put(table, 'a', null);
  expect([column.has(a), column.count]).toEqual([false, 0]);
});

test('a hidden item has its vector and cannot be found; a deleted one has none', () => {
  const table = new ItemTable({ vectorColumns: ['e'] });
  const column = table.keepVectors('e');
  const a = put(table, 'a', { e: [1, 0] }, true);
  expect(rowOf(column, a)).toEqual([1, 0, Math.fround(unreachable)]);
  put(table, 'a', { e: [1, 0] });
  expect(rowOf(column, a)).toEqual([1, 0, -0.5]);
  table.remove('a');
  expect(column.has(a)).toBe(false);
});

test('vectors of another length than the first, and those far too large, are counted and left out', () => {
  const table = new ItemTable({ vectorColumns: ['e'] });
  const column = table.keepVectors('e');
  const [a, b, c, d] = [[1, 2], [1], [1e200, 0], [0, 1e30]].map((e, i) =>
    put(table, `i${i}`, { e }),
  );
  expect([a, b, c, d].map((item) => column.has(item))).toEqual([true, false, false, false]);
  expect([column.count, column.refused, column.dimensions]).toEqual([1, 3, 2]);
  put(table, 'i1', { e: [5, 5] });
  expect([column.count, column.refused]).toEqual([2, 2]);
});

test('when no vector is left the next one says how long they are', () => {
  const table = new ItemTable({ vectorColumns: ['e'] });
  const column = table.keepVectors('e');
  put(table, 'a', { e: [1, 2, 3] });
  put(table, 'b', { e: [1, 2] });
  table.remove('a');
  const b = put(table, 'b', { e: [1, 2] });
  expect(rowOf(column, b)).toEqual([1, 2, -2.5]);
  expect([column.dimensions, column.refused]).toEqual([2, 0]);
});

test('mixed, huge and deep labels are no vectors', () => {
  const table = new ItemTable({ vectorColumns: ['e', ''] });
  const odd = [
    { e: ['1', '2'] },
    { e: [] },
    { e: {} },
    { e: Array.from({ length: 5000 }, () => 0.1) },
    { e: { e: [1, 2] } },
    'text',
    7,
    null,
  ] as Labels[];
  for (const [i, labels] of odd.entries()) put(table, `i${i}`, labels);
  expect(table.keepVectors('e')).toMatchObject({ count: 0, refused: 1 });
  const bare = put(table, 'bare', [1, 2]);
  expect(table.keepVectors('').has(bare)).toBe(true);
});

test('a column grows with the table and loses nothing', () => {
  const column = new VectorColumn();
  for (let item = 0; item < 5000; item += 3) column.set(item, [item, 1], true);
  expect(column.count).toBe(1667);
  expect(rowOf(column, 4998)?.slice(0, 2)).toEqual([4998, 1]);
  expect(rowOf(column, 3)?.slice(0, 2)).toEqual([3, 1]);
  expect(column.has(4)).toBe(false);
});

test('a column that is asked for later has the vectors of the items that come from then on', () => {
  const table = new ItemTable();
  const a = put(table, 'a', { e: [1, 2] });
  const column = table.keepVectors('e');
  expect(column.has(a)).toBe(false);
  put(table, 'a', { e: [1, 2] });
  expect(column.has(a)).toBe(true);
  expect(table.keepVectors('e')).toBe(column);
});

test('an item that is put again with the same vector changes nothing, hidden or shown it does', () => {
  const table = new ItemTable({ vectorColumns: ['e'] });
  const column = table.keepVectors('e');
  put(table, 'a', { e: [0.1, 2] });
  const { revision } = column;
  put(table, 'a', { e: [0.1, 2], colour: 'red' });
  expect(column.revision).toBe(revision);
  put(table, 'a', { e: [0.1, 2] }, true);
  put(table, 'a', { e: [0.1, 2.5] }, true);
  expect(column.revision).toBe(revision + 2);
  expect(rowOf(column, 0)).toEqual([0.1, 2.5, unreachable].map(Math.fround));
});

test('where there is no memory for a vector it is refused, and the others stay', () => {
  const column = new VectorColumn();
  const long = Array.from({ length: 4000 }, () => 0.5);
  column.set(3, long, true);
  column.set(300_000, long, true);
  expect([column.has(3), column.has(300_000), column.count, column.refused]).toEqual([
    ...[true, false, 1, 1],
  ]);
  expect(column.row(3)?.[0]).toBe(0.5);
});
