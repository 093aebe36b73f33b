import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

const folder = join(process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data', 'rec/ml-100k');

async function search(shop: GorseShop, words: string, more = ''): Promise<string[]> {
  const { json } = await shop.call('GET', `/api/items?q=${encodeURIComponent(words)}${more}`);
  expect(json.Cursor).toBe('');
  return json.Items.map(({ ItemId }: { ItemId: string }) => ItemId);
}

test('items are found by words of their ids, comments, labels and categories', async () => {
  await using shop = await openGorseGateway();
  const shoes = {
    ...{ ItemId: 'running-shoes', Categories: ['sports', 'shoes'], Labels: { brand: 'acme' } },
    Comment: 'Lightweight running shoes for marathon training',
  };
  const grinder = {
    ...{ ItemId: 'coffee-grinder', Categories: ['kitchen'], Labels: { brand: 'acme' } },
    Comment: 'Burr grinder for espresso and pour over coffee',
  };
  await shop.call('POST', '/api/items', { body: [shoes, grinder] });
  expect(await search(shop, 'ESPRESSO')).toEqual(['coffee-grinder']);
  expect(await search(shop, 'shoes')).toEqual(['running-shoes']);
  expect(await search(shop, 'kitchen sports')).toHaveLength(2);
  expect((await search(shop, 'acme coffee'))[0]).toBe('coffee-grinder');
  expect(await search(shop, 'acme', '&n=1')).toHaveLength(1);
  expect(await search(shop, 'acme', '&n=0')).toEqual([]);
  expect(await search(shop, 'nothing')).toEqual([]);
  expect(await search(shop, '"* OR (')).toEqual([]);
  expect(await search(shop, 'a1')).toEqual(['A1']);
});

test('words that count the same are in order of id', async () => {
  await using shop = await openGorseGateway();
  const body = ['c', 'a', 'b'].map((ItemId) => ({ ItemId, Comment: 'same' }));
  await shop.call('POST', '/api/items', { body });
  expect(await search(shop, 'same')).toEqual(['a', 'b', 'c']);
});

test('a search sees every change made before it, by whichever door', async () => {
  await using shop = await openGorseGateway();
  await shop.call('POST', '/api/item', { body: { ItemId: 'i', Comment: 'first' } });
  expect(await search(shop, 'first')).toEqual(['i']);
  await shop.call('PATCH', '/api/item/i', { body: { Comment: 'second' } });
  expect([await search(shop, 'first'), await search(shop, 'second')]).toEqual([[], ['i']]);
  const attributes = { colour: 'ultraviolet' };
  await shop.call('PATCH', '/v1/items/i', { body: { attributes, hidden: true } });
  expect(await search(shop, 'ultraviolet')).toEqual(['i']);
  await shop.call('DELETE', '/v1/items/i');
  expect(await search(shop, 'ultraviolet')).toEqual([]);
});

test.skipIf(!existsSync(folder))('Toy Story is found among the films of MovieLens', async () => {
  await using shop = await openGorseGateway({ http: { bodyLimitBytes: 1_000_000 } });
  const lines = readFileSync(join(folder, 'u.item'), 'latin1').trim().split('\n');
  const body = lines.map((line) => {
    const [ItemId, Comment, date] = line.split('|');
    return { ItemId, Comment, Timestamp: date };
  });
  expect((await shop.call('POST', '/api/items', { body })).json).toEqual({ RowAffected: 1682 });
  expect((await search(shop, 'Toy Story'))[0]).toBe('1');
  expect((await shop.call('GET', '/api/item/1')).json.Timestamp).toBe('1995-01-01T00:00:00Z');
});
