import { expect, test } from 'vitest';
import { CatalogGroups } from '../../../src/signals/gathering/catalog-groups.ts';
import { noItems } from '../../../src/signals/known/item-columns.ts';
import { itemsOf } from '../items.ts';

test('live items are grouped by catalogue, and the others stand apart', () => {
  const catalogs = new CatalogGroups(2);
  catalogs.follow(itemsOf([5, 6, 5, 7, 6], [4]));
  expect([...catalogs.ofItem]).toEqual([1, 2, 1, 0, 3]);
  expect([...catalogs.live]).toEqual([1, 2, 1, 0]);
  expect(catalogs.codes).toEqual([0, 5, 6]);
});

test('a catalogue keeps its group when the items change', () => {
  const catalogs = new CatalogGroups(2);
  catalogs.follow(itemsOf([5, 6]));
  catalogs.follow(itemsOf([6, 6, 5], [0]));
  expect([...catalogs.ofItem]).toEqual([3, 2, 1]);
  expect([...catalogs.live]).toEqual([0, 1, 1, 0]);
  catalogs.follow(noItems);
  expect(catalogs.ofItem.length).toBe(0);
  expect([...catalogs.live]).toEqual([0, 0, 0, 0]);
});
