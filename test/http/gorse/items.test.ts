import { expect, test } from 'vitest';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

const one = { RowAffected: 1 };
const blank = {
  ...{ IsHidden: false, Categories: null, Timestamp: '0001-01-01T00:00:00Z' },
  ...{ Labels: null, Comment: '' },
};

/** What the work `home` serves of some ids. */
async function served(shop: GorseShop, ids: readonly string[]): Promise<string[]> {
  const { json } = await shop.call('POST', '/v1/recommend/home', { body: { n: 100 } });
  const all: string[] = json.items.map(({ id }: { id: string }) => id);
  return all.filter((id) => ids.includes(id)).toSorted();
}

test('items are put in, read, changed and deleted', async () => {
  await using shop = await openGorseGateway();
  const items = [
    { ItemId: '0', IsHidden: true, Timestamp: '1996-03-15T00:00:00Z', Labels: ['a'] },
    { ItemId: '2', Categories: ['*'], Timestamp: '1997-03-15', Labels: ['a'], Comment: 'c' },
    { ItemId: '4', Timestamp: '1998-03-15T01:00:00.5+01:00', Labels: { a: [0.5] } },
  ];
  expect((await shop.call('POST', '/api/item', { body: items[0] })).json).toEqual(one);
  const rest = await shop.call('POST', '/api/items', { body: items.slice(1) });
  expect(rest.json).toEqual({ RowAffected: 2 });
  const shown = [
    { ...blank, ...items[0] },
    { ...blank, ...items[1], Timestamp: '1997-03-15T00:00:00Z' },
    { ...blank, ...items[2], Timestamp: '1998-03-15T00:00:00.5Z' },
  ];
  const list = await shop.call('GET', '/api/items?n=3');
  expect(list.json).toEqual({ Cursor: Buffer.from('A0').toString('base64'), Items: shown });
  expect((await shop.call('DELETE', '/api/item/4')).json).toEqual(one);
  expect((await shop.call('GET', '/api/item/4')).text).toBe('item 4 not found');
  const patch = {
    ...{ IsHidden: true, Categories: ['-'], Labels: ['a', 'b', 'c'], Comment: 'modified' },
    Timestamp: '2010-01-01T01:01:01Z',
  };
  expect((await shop.call('PATCH', '/api/item/2', { body: patch })).json).toEqual(one);
  expect((await shop.call('GET', '/api/item/2')).json).toEqual({ ItemId: '2', ...patch });
  const nothing = Object.fromEntries(Object.keys(patch).map((field) => [field, null]));
  expect((await shop.call('PATCH', '/api/item/2', { body: nothing })).json).toEqual(one);
  expect((await shop.call('PATCH', '/api/item/2', { body: { IsHidden: false } })).json).toEqual(
    one,
  );
  expect((await shop.call('GET', '/api/item/2')).json).toEqual({
    ...{ ItemId: '2', ...patch },
    IsHidden: false,
  });
});

test('a category is put on an item once and taken from it, without a body', async () => {
  await using shop = await openGorseGateway();
  await shop.call('POST', '/api/item', { body: { ItemId: '2', Categories: ['-'] } });
  const categories = async () => (await shop.call('GET', '/api/item/2')).json.Categories;
  for (const _ of [1, 2]) {
    const put = await shop.call('PUT', '/api/item/2/category/%40%2F');
    expect(put.json).toEqual(one);
  }
  expect(await categories()).toEqual(['-', '@/']);
  expect((await shop.call('DELETE', '/api/item/2/category/%40%2F')).json).toEqual(one);
  expect((await shop.call('DELETE', '/api/item/2/category/unknown')).json).toEqual(one);
  expect(await categories()).toEqual(['-']);
  await shop.call('DELETE', '/api/item/2/category/-');
  expect(await categories()).toBe(null);
  const nothing = await shop.call('PUT', '/api/item/none/category/a');
  expect(nothing).toMatchObject({ status: 404, text: 'item none not found' });
});

test('items that are hidden, deleted or replaced by hidden ones are not served from then on', async () => {
  await using shop = await openGorseGateway();
  const ids = ['n0', 'n1', 'n2', 'n3'];
  const Timestamp = '2026-01-31 08:59:59 +0000 UTC';
  const body = ids.map((ItemId) => ({ ItemId, Timestamp, Categories: ['a'] }));
  await shop.call('POST', '/api/items', { body });
  const visible = async () => {
    const shown = await Promise.all(ids.map((id) => shop.call('GET', `/api/item/${id}`)));
    return shown.filter(({ json }) => json?.IsHidden === false).map(({ json }) => json.ItemId);
  };
  expect(await visible()).toEqual(ids);
  const before = await served(shop, [...ids, 'A0', 'A1', 'A2']);
  expect(before).toEqual(expect.arrayContaining(['A0', 'A1', 'A2']));
  await shop.call('DELETE', '/api/item/A0');
  await shop.call('PATCH', '/api/item/A1', { body: { IsHidden: true } });
  await shop.call('POST', '/api/item', { body: { ItemId: 'A2', IsHidden: true } });
  expect(await served(shop, ['A0', 'A1', 'A2'])).toEqual([]);
  await shop.call('POST', '/api/item', { body: { ItemId: 'A0', Timestamp } });
  await shop.call('PATCH', '/api/item/A1', { body: { IsHidden: false } });
  await shop.call('POST', '/api/item', { body: { ItemId: 'A2', Timestamp } });
  expect(await served(shop, ['A0', 'A1', 'A2'])).toEqual(['A0', 'A1', 'A2']);
});

test('what Gorse cannot say of an item stays when the item is replaced', async () => {
  await using shop = await openGorseGateway();
  const kept = {
    ...{ catalog: 'hats', attributes: { colour: 'red', sale: true } },
    expires_at: '2030-01-01T00:00:00.000Z',
  };
  await shop.call('POST', '/v1/items', { body: { id: 'h', ...kept } });
  expect((await shop.call('GET', '/api/item/h')).json).toEqual({
    ...{ ...blank, ItemId: 'h', Labels: kept.attributes },
    Timestamp: '2026-01-31T09:00:00Z',
  });
  await shop.call('POST', '/api/item', { body: { ItemId: 'h', Timestamp: '1645696800' } });
  expect((await shop.call('GET', '/api/item/h')).json).toEqual({
    ...{ ...blank, ItemId: 'h', Timestamp: '2022-02-24T10:00:00Z' },
  });
  expect((await shop.call('GET', '/v1/items/h')).json).toMatchObject(kept);
});

test('changes of one item by both doors at once all count', async () => {
  await using shop = await openGorseGateway();
  await shop.call('POST', '/v1/items', { body: { id: 'h', attributes: { size: 1 } } });
  const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
  await Promise.all([
    ...names.map((name) => shop.call('PUT', `/api/item/h/category/${name}`)),
    ...names.map((name) =>
      shop.call('PATCH', '/v1/items/h', { body: { attributes: { [name]: 1 } } }),
    ),
    shop.call('PATCH', '/api/item/h', { body: { Comment: 'c' } }),
    shop.call('PATCH', '/v1/items/h', { body: { hidden: true } }),
  ]);
  const { json } = await shop.call('GET', '/v1/items/h');
  expect(json.categories.toSorted()).toEqual(names.toSorted());
  expect(Object.keys(json.attributes)).toEqual(['size', ...names]);
  expect((await shop.call('GET', '/api/item/h')).json).toMatchObject({
    ...{ IsHidden: true, Comment: 'c' },
  });
});

const wrong: readonly [method: string, path: string, body: unknown][] = [
  ['POST', '/api/item', { ItemId: '' }],
  ['POST', '/api/item', { ItemId: null }],
  ['POST', '/api/item', { ItemId: 'i', IsHidden: 'yes' }],
  ['POST', '/api/item', { ItemId: 'i', Categories: 'a' }],
  ['POST', '/api/item', { ItemId: 'i', Categories: [1] }],
  ['POST', '/api/item', { ItemId: 'i', Categories: [''] }],
  ['POST', '/api/item', { ItemId: 'i', Categories: Array(1001).fill('a') }],
  ['POST', '/api/item', { ItemId: 'i', Timestamp: 'soon' }],
  ['POST', '/api/item', { ItemId: 'i', Timestamp: 1_645_696_800 }],
  ['POST', '/api/item', { ItemId: 'i', Labels: ['price', 1] }],
  ['POST', '/api/items', [{ ItemId: 'i' }, { ItemId: 'j', Labels: ['price', 1] }]],
  ['PATCH', '/api/item/A0', { Labels: ['price', 1] }],
  ['PATCH', '/api/item/A0', { Timestamp: '2022-02-24' }],
  ['PATCH', '/api/item/A0', { Timestamp: '' }],
  ['PATCH', '/api/item/A0', { IsHidden: 1 }],
  ['PUT', '/api/item/A0/category/%00', undefined],
];

test('what is wrong is refused in text and changes nothing', async () => {
  await using shop = await openGorseGateway();
  const before = (await shop.call('GET', '/api/items?n=100')).json;
  for (const [method, path, body] of wrong) {
    const { status, type } = await shop.call(method, path, { body });
    const about = `${method} ${path} ${JSON.stringify(body)}`;
    expect([about, status, type]).toEqual([about, 400, 'text/plain; charset=utf-8']);
  }
  expect((await shop.call('GET', '/api/items?n=100')).json).toEqual(before);
});
