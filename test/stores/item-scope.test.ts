import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ItemScope, isInScope, unknownCode } from '../../src/stores/item-scope.ts';
import { ItemTable } from '../../src/stores/item-table.ts';

const table = new ItemTable();
const plain = { attributes: {}, hidden: false, publishedAtMs: 0 };
table.upsert({ ...plain, id: 'boot', catalog: 'shoes', categories: ['boots', 'winter'] });
table.upsert({ ...plain, id: 'parka', catalog: 'coats', categories: ['winter'] });
table.upsert({ ...plain, id: 'bare', catalog: 'coats', categories: [] });

function inScope({ catalog = -1, categories = [] as number[], every = false }): string[] {
  const scope: ItemScope = { catalog, categories: Uint16Array.from(categories), every };
  return table.ids.filter((_, item) => isInScope(table, scope, item));
}
const [boots, winter] = ['boots', 'winter'].map((name) => table.categories.find(name));
const coats = table.catalogs.find('coats');

test('an item of one of the categories is in scope, and where every is asked for one of all of them', () => {
  expect(inScope({ categories: [boots, winter] })).toEqual(['boot', 'parka']);
  expect(inScope({ categories: [boots, winter], every: true })).toEqual(['boot']);
  expect(inScope({ categories: [] })).toEqual(['boot', 'parka', 'bare']);
  expect(inScope({ categories: [], every: true })).toEqual(['boot', 'parka', 'bare']);
});

test('a catalogue narrows what the categories leave', () => {
  expect(inScope({ catalog: coats })).toEqual(['parka', 'bare']);
  expect(inScope({ catalog: coats, categories: [winter] })).toEqual(['parka']);
  expect(inScope({ catalog: coats, categories: [boots] })).toEqual([]);
});

test('a catalogue or category that does not exist holds no item', () => {
  expect(inScope({ catalog: unknownCode })).toEqual([]);
  expect(inScope({ categories: [unknownCode] })).toEqual([]);
  expect(inScope({ categories: [winter, unknownCode] })).toEqual(['boot', 'parka']);
  expect(inScope({ categories: [winter, unknownCode], every: true })).toEqual([]);
});

test('any and every agree with the sets of categories', () => {
  const codes = fc.array(fc.constantFrom(boots, winter, unknownCode, 7), { maxLength: 6 });
  fc.assert(
    fc.property(codes, fc.boolean(), (categories, every) => {
      const expected = table.ids.filter((_, item) => {
        const own = [...table.categoriesOf[item]];
        const has = (code: number) => own.includes(code);
        return categories.length === 0 || (every ? categories.every(has) : categories.some(has));
      });
      expect(inScope({ categories, every })).toEqual(expected);
    }),
  );
});
