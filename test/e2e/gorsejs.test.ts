import { Gorse, GorseException } from 'gorsejs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GorseServer, openGorseServer } from './open-gorse-server.ts';

const key = 'shop-secret-0123456789';
const dayMs = 86_400_000;
const bornMs = Date.UTC(2024, 0, 1);

/** A blend of single models, for a surface. */
const work = (surface: string, models: readonly string[]) => ({
  surface,
  strategy: surface,
  budgetMs: 5000,
  maxBudgetMs: 5000,
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: models.map((algorithm) => ({ algorithm, limit: 200 })) },
    { stage: 'features', use: ['user', 'history'] },
    { stage: 'score', use: models.map((algorithm) => ({ algorithm, weight: 1 })) },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden', 'expired', 'seen', 'excluded', 'category'] },
  ],
});

const sections = {
  access: { keys: { shop: { secret: 'SHOP_KEY', scopes: ['read', 'write'] } } },
  models: {
    latest: { kind: 'latest' },
    popular: { kind: 'popular' },
    alike: { kind: 'item-knn' },
    people: { kind: 'user-knn' },
  },
  works: {
    home: work('user', ['popular', 'people']),
    similar: work('item', ['alike']),
    cart: work('session', ['alike', 'popular']),
  },
  training: { data: { positive: ['star', 'like'], read: ['read'] } },
};

const itemOf = (i: number) => ({
  ItemId: `i${i}`,
  IsHidden: false,
  Categories: [i % 2 === 0 ? 'even' : 'odd', 'all'],
  Timestamp: new Date(bornMs + i * dayMs).toISOString(),
  Labels: ['a', `b${i % 3}`],
  Comment: `item ${i}`,
});

/** Users of two tastes: even users star even items. */
const starOf = (user: number, item: number) => ({
  FeedbackType: 'star',
  UserId: `u${user}`,
  ItemId: `i${item}`,
  Timestamp: new Date(bornMs + (user + item) * 1000).toISOString(),
});

let server: GorseServer;
let client: Gorse<string>;

beforeAll(async () => {
  server = await openGorseServer(sections, { SHOP_KEY: key });
  client = new Gorse({ endpoint: server.url, secret: key });
  await client.insertUsers(Array.from({ length: 20 }, (_, i) => ({ UserId: `u${i}`, Labels: [] })));
  await client.upsertItems(Array.from({ length: 30 }, (_, i) => itemOf(i)));
  const stars = Array.from({ length: 20 }, (_, user) =>
    Array.from({ length: 5 }, (_, i) => starOf(user, ((user % 2) + 2 * (user + i * 3)) % 30)),
  );
  await client.insertFeedbacks(stars.flat());
  await server.train();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

describe('the client of Gorse for JavaScript', () => {
  test('puts a user in, reads, changes and deletes it', async () => {
    expect(await client.insertUser({ UserId: 'new', Labels: ['x'], Comment: 'c' })).toBe(1);
    expect(await client.getUser('new')).toEqual({ UserId: 'new', Labels: ['x'], Comment: 'c' });
    expect(await client.updateUser('new', { UserId: 'new', Comment: 'd' })).toBe(1);
    expect(await client.getUser('new')).toEqual({ UserId: 'new', Labels: ['x'], Comment: 'd' });
    expect(await client.deleteUser('new')).toBe(1);
    await expect(client.getUser('new')).rejects.toEqual(
      expect.objectContaining({ code: 404, message: 'user new not found' }),
    );
  });

  test('puts an item in, reads, changes and deletes it, and its categories', async () => {
    const item = { ...itemOf(99), Timestamp: '2024-05-06T07:08:09Z' };
    expect(await client.upsertItem(item)).toBe(1);
    expect(await client.getItem('i99')).toEqual(item);
    await client.updateItem('i99', { IsHidden: true } as never);
    expect(await client.getItem('i99')).toEqual({ ...item, IsHidden: true });
    expect(await client.insertItemCategory('i99', 'extra')).toBe(1);
    expect((await client.getItem('i99')).Categories).toEqual([...item.Categories, 'extra']);
    expect(await client.deleteItemCategory('i99', 'extra')).toBe(1);
    expect((await client.getItem('i99')).Categories).toEqual(item.Categories);
    expect(await client.deleteItem('i99')).toBe(1);
    await expect(client.getItem('i99')).rejects.toThrow('item i99 not found');
  });

  test('goes through all pages of users, items and feedback, each row once', async () => {
    const walk = async <Page extends { Cursor: string }>(
      read: (options: { n: number; Cursor?: string }) => Promise<Page>,
      rows: (page: Page) => readonly unknown[],
    ) => {
      const all: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await read({ n: 7, ...(cursor !== undefined && { Cursor: cursor }) });
        all.push(...rows(page));
        cursor = page.Cursor;
      } while (cursor !== '');
      return all.map((row) => JSON.stringify(row));
    };
    const users = await walk(
      (options) => client.getUsers(options),
      ({ Users }) => Users,
    );
    const items = await walk(
      (options) => client.getItems(options),
      ({ Items }) => Items,
    );
    const stars = await walk(
      (options) => client.getFeedbacks('star', options),
      ({ Feedbacks }) => Feedbacks,
    );
    expect([users.length, items.length, stars.length]).toEqual([20, 30, 100]);
    for (const rows of [users, items, stars]) expect(new Set(rows).size).toBe(rows.length);
    const all = await walk(
      (options) => client.getFeedbacks(undefined, options),
      ({ Feedbacks }) => Feedbacks,
    );
    expect(all.length).toBeGreaterThanOrEqual(100);
  });

  test('inserts, overwrites, reads and deletes feedback', async () => {
    const like = { ...starOf(1, 2), FeedbackType: 'like' };
    expect(await client.insertFeedbacks([like])).toBe(1);
    const filter = { type: 'like', userId: 'u1', itemId: 'i2' };
    expect(await client.getFeedback(filter)).toMatchObject({
      ...{ FeedbackType: 'like', UserId: 'u1', ItemId: 'i2' },
      Timestamp: new Date(like.Timestamp).toISOString().replace('.000', ''),
    });
    const later = { ...like, Timestamp: '2024-09-09T00:00:00Z' };
    expect(await client.upsertFeedbacks([later])).toBe(1);
    expect(await client.getFeedback(filter)).toMatchObject({ Timestamp: later.Timestamp });
    const ids = (rows: readonly { ItemId: string }[]) => rows.map(({ ItemId }) => ItemId);
    expect(ids(await client.getUserFeedbackByType('u1', 'like'))).toEqual(['i2']);
    expect(ids(await client.getUserFeedback('u1'))).toContain('i2');
    expect(await client.getItemFeedback('i2')).toContainEqual(
      expect.objectContaining({ FeedbackType: 'like', UserId: 'u1' }),
    );
    expect(await client.getItemFeedbackByType('i2', 'like')).toHaveLength(1);
    expect(await client.deleteFeedback(filter)).toEqual({ RowAffected: 1 });
    expect(await client.getItemFeedbackByType('i2', 'like')).toEqual([]);
  });

  test('gets what is latest and popular, of one category too', async () => {
    const latest = await client.getLatest({ cursorOptions: { n: 3 } });
    expect(latest.map(({ Id }) => Id)).toEqual(['i29', 'i28', 'i27']);
    expect(latest[0].Score).toBe((bornMs + 29 * dayMs) / 1000);
    const even = await client.getLatest({ category: 'even', cursorOptions: { n: 2, offset: 1 } });
    expect(even.map(({ Id }) => Id)).toEqual(['i26', 'i24']);
    const popular = await client.getPopular({ category: 'odd', cursorOptions: { n: 30 } });
    expect(popular.length).toBeGreaterThan(5);
    for (const { Id } of popular) expect(Number(Id.slice(1)) % 2).toBe(1);
  });

  test('gets recommendations of a known user without what was starred, and of an unknown one', async () => {
    const starred = (await client.getUserFeedback('u4')).map(({ ItemId }) => ItemId);
    const ids = await client.getRecommend({ userId: 'u4', cursorOptions: { n: 10 } });
    expect(ids).toHaveLength(10);
    for (const id of ids) expect(starred).not.toContain(id);
    expect(await client.getRecommend({ userId: 'stranger', category: 'odd' })).toHaveLength(10);
  });

  test('writes back what was recommended', async () => {
    const asked = { userId: 'u5', cursorOptions: { n: 3 } };
    const first = await client.getRecommend({ ...asked, writeBackType: 'read' });
    const later = { writeBackType: 'read', writeBackDelay: '10m' };
    const second = await client.getRecommend({ ...asked, ...later });
    for (const id of second) expect(first).not.toContain(id);
    expect(await client.getRecommend(asked)).toEqual(second);
  });

  test('gets what is like an item, who is like a user, and what fits a session', async () => {
    const neighbours = (await client.getItemNeighbors({ itemId: 'i4' })) as unknown as Scored[];
    // Behind what is alike come items of the ladder.
    expect(neighbours).toHaveLength(10);
    for (const { Id } of neighbours.slice(0, 4)) expect(Number(Id.slice(1)) % 2).toBe(0);
    expect(neighbours.map(({ Id }) => Id)).not.toContain('i4');
    const people = (await client.getUserNeighbors({ userId: 'u4' })) as unknown as Scored[];
    expect(people.length).toBeGreaterThan(0);
    for (const { Id } of people) expect(Number(Id.slice(1)) % 2).toBe(0);
    const session = (await client.getSessionRecommend([starOf(77, 4)], {
      category: 'even',
      cursorOptions: { n: 4 },
    })) as Scored[];
    expect(session).toHaveLength(4);
    expect(session.map(({ Id }) => Id)).not.toContain('i4');
  });

  test('is refused without the key', async () => {
    const stranger = new Gorse({ endpoint: server.url, secret: 'another key' });
    const refused = await stranger.getUsers().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(GorseException);
    expect(refused).toMatchObject({ code: 401 });
  });
});

interface Scored {
  readonly Id: string;
  readonly Score: number;
}
