import { describe, expect, test } from 'vitest';
import { testNowMs } from '../../open-test-gateway.ts';
import { type GorseShop, openGorseGateway } from '../open-gorse-gateway.ts';

const open = () =>
  openGorseGateway({
    gorse: { admin: true, collaborative: 'home' },
    training: { data: { positive: ['star'], read: ['read'] } },
  });

const hourMs = 3_600_000;
const iso = (atMs: number) => new Date(atMs).toISOString();

async function putFeedback(shop: GorseShop): Promise<void> {
  const row = (FeedbackType: string, ItemId: string, hoursAgo: number) => ({
    ...{ FeedbackType, UserId: 'bob', ItemId, Timestamp: iso(testNowMs - hoursAgo * hourMs) },
  });
  const rows = [
    row('star', 'A3', 3),
    row('star', 'A5', 1),
    row('read', 'A7', 2),
    row('star', 'gone', 4),
  ];
  await shop.call('POST', '/api/feedback', { body: rows });
  await shop.call('DELETE', '/api/item/gone');
}

describe('lists that are looked at', () => {
  test('are those that would be served, with the rows of their items and their scores', async () => {
    await using shop = await open();
    const served = (await shop.call('GET', '/api/recommend/bob?n=3')).json;
    const shown = (await shop.call('GET', '/api/dashboard/recommend/bob?n=3')).json;
    expect(shown.map(({ ItemId }: { ItemId: string }) => ItemId)).toEqual(served);
    expect(shown[0]).toMatchObject({ Categories: ['boots'], IsHidden: false });
    expect(shown[0].Score).toBeGreaterThan(0);
  });

  test('count for nobody: no request, exposure or session comes of them', async () => {
    await using shop = await open();
    const before = shop.house.finished.length;
    await shop.call('GET', '/api/dashboard/recommend/bob');
    await shop.call('GET', '/api/dashboard/latest');
    expect(shop.house.finished).toHaveLength(before);
    expect(shop.house.facts('http.finished').at(-1)).toMatchObject({ status: 200 });
  });

  test.each([
    'latest',
    'non-personalized/popular',
    'recommend/bob/latest',
    'recommend/bob/collaborative',
    'recommend/bob/non-personalized/popular',
    'item-to-item/similar/A3',
  ])('there is one for %s, with offset and category', async (path) => {
    await using shop = await open();
    const all = (await shop.call('GET', `/api/dashboard/${path}?n=5`)).json;
    expect(all).toHaveLength(5);
    const later = (await shop.call('GET', `/api/dashboard/${path}?n=4&offset=1`)).json;
    expect(later).toEqual(all.slice(1));
    const boots = (await shop.call('GET', `/api/dashboard/${path}?category=boots`)).json;
    for (const { Categories } of boots) expect(Categories).toEqual(['boots']);
    expect((await shop.call('GET', `/api/dashboard/${path}?n=0`)).json).toEqual([]);
  });

  test.each(['non-personalized/none', 'item-to-item/none/A1', 'recommend/bob/llm'])(
    'there is none for %s',
    async (path) => {
      await using shop = await open();
      const answer = await shop.call('GET', `/api/dashboard/${path}`);
      expect(answer).toMatchObject({ status: 404, type: 'text/plain; charset=utf-8' });
      expect(answer.text).toContain('not found');
    },
  );
});

describe('users, as administrators see them', () => {
  test('come with the time of their latest feedback', async () => {
    await using shop = await open();
    await shop.call('POST', '/api/users', { body: [{ UserId: 'ann', Comment: 'new' }] });
    await putFeedback(shop);
    const { Users, Cursor } = (await shop.call('GET', '/api/dashboard/users?n=1')).json;
    expect(Users).toEqual([
      expect.objectContaining({ UserId: 'ann', LastActiveTime: '0001-01-01T00:00:00Z' }),
    ]);
    const next = `/api/dashboard/users?n=1&cursor=${encodeURIComponent(Cursor)}`;
    const page = (await shop.call('GET', next)).json;
    expect(page).toMatchObject({ Cursor: '', Users: [{ UserId: 'bob' }] });
    expect(Date.parse(page.Users[0].LastActiveTime)).toBe(testNowMs - hourMs);
    expect((await shop.call('GET', '/api/dashboard/user/ann')).json).toEqual(Users[0]);
    expect((await shop.call('GET', '/api/dashboard/user/eve')).text).toBe('user eve not found');
  });

  test('show their positive feedback, the newest first, or that of a type, with its items', async () => {
    await using shop = await open();
    await putFeedback(shop);
    const shown = async (rest: string) =>
      (await shop.call('GET', `/api/dashboard/user/bob/feedback${rest}`)).json.map(
        (row: { FeedbackType: string; Item: { ItemId: string } }) =>
          `${row.FeedbackType} ${row.Item.ItemId}`,
      );
    expect(await shown('')).toEqual(['star A5', 'star A3']);
    expect(await shown('?n=1&offset=1')).toEqual(['star A3']);
    expect(await shown('/read')).toEqual(['read A7']);
  });
});
