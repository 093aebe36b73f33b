import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item } from '../../src/domain/item.ts';
import { ItemTable } from '../../src/stores/item-table.ts';

const item = (id: string, more: Partial<Item> = {}): Item => ({
  id,
  catalog: 'shoes',
  categories: ['boots'],
  attributes: { colour: 'red' },
  hidden: false,
  publishedAtMs: 5,
  ...more,
});

test('an id keeps its dense index while its columns change', () => {
  const table = new ItemTable();
  expect(table.upsert(item('a'))).toBe(0);
  expect(table.upsert(item('b'))).toBe(1);
  expect(table.upsert(item('a', { catalog: 'hats', expiresAtMs: 9, publishedAtMs: 6 }))).toBe(0);
  expect([table.indexOf('a'), table.indexOf('b'), table.indexOf('c')]).toEqual([0, 1, -1]);
  expect(table.catalogs.names[table.catalog[0]]).toBe('hats');
  expect([table.expiresAtMs[0], table.publishedAtMs[0]]).toEqual([9, 6]);
  expect(table.expiresAtMs[1]).toBe(Number.POSITIVE_INFINITY);
  expect([...table.categoriesOf[1]].map((code) => table.categories.names[code])).toEqual(['boots']);
  expect([...table.attributesOf[1]].map((code) => table.attributes.names[code])).toEqual([
    'colour=red',
  ]);
});

test('a deleted item is deleted once, keeps its index, and comes back at it', () => {
  const table = new ItemTable();
  table.upsert(item('a'));
  expect(table.remove('a')).toBe(true);
  expect(table.remove('a')).toBe(false);
  expect(table.remove('nobody')).toBe(false);
  expect([table.size, table.live, table.hidden[0]]).toEqual([1, 0, 2]);
  expect(table.upsert(item('a'))).toBe(0);
  expect([table.live, table.hidden[0]]).toEqual([1, 0]);
});

test('a hidden item can be deleted, and shows again only when inserted visible', () => {
  const table = new ItemTable();
  table.upsert(item('a', { hidden: true }));
  expect([table.live, table.hidden[0]]).toEqual([0, 1]);
  expect(table.remove('a')).toBe(true);
  table.upsert(item('a', { hidden: true }));
  expect([table.live, table.hidden[0]]).toEqual([0, 1]);
});

test('counts what may be served, under any order of changes', () => {
  const change = fc.tuple(
    fc.constantFrom('show', 'hide', 'remove'),
    fc.constantFrom('a', 'b', 'c', 'd'),
  );
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const table = new ItemTable();
      const shown = new Map<string, boolean>();
      for (const [what, id] of changes) {
        const before = table.revision;
        if (what === 'remove') expect(table.remove(id)).toBe(shown.delete(id));
        else table.upsert(item(id, { hidden: what === 'hide' }));
        if (what !== 'remove') shown.set(id, what === 'show');
        if (what !== 'remove') expect(table.revision).toBeGreaterThan(before);
      }
      expect(table.live).toBe([...shown.values()].filter(Boolean).length);
    }),
  );
});

test('grows past its first columns without losing any', () => {
  const table = new ItemTable();
  for (let n = 0; n < 3000; n++) table.upsert(item(`item "${n}"`, { publishedAtMs: n }));
  expect([table.size, table.live]).toEqual([3000, 3000]);
  expect([table.publishedAtMs[0], table.publishedAtMs[2999]]).toEqual([0, 2999]);
  expect(JSON.parse(table.jsonIds[2999])).toBe('item "2999"');
});
