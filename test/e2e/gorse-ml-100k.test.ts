import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GorseServer, openGorseServer } from './open-gorse-server.ts';

const folder = join(process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data', 'rec/ml-100k');
const isThere = existsSync(join(folder, 'u.item'));
if (!isThere) console.warn(`skipped: ${folder} is not there, expected MovieLens 100K`);

const linesOf = (name: string, encoding: BufferEncoding = 'utf8') =>
  readFileSync(join(folder, name), encoding).trim().split('\n');

const genres = () => linesOf('u.genre').map((line) => line.split('|')[0].trim());

/** The items that Gorse's own tests expect nearest to item 1, in that order. */
const nearest = ['1060', '404', '1219'];

function itemOf(line: string, names: readonly string[]) {
  const [id, title, released, , , ...flags] = line.split('|').map((field) => field.trim());
  const place = nearest.indexOf(id);
  const apart = id === '1' ? 0 : place < 0 ? 10 + Number(id) : (place + 1) / 10;
  return {
    ItemId: id,
    Comment: title,
    Categories: names.filter((_, g) => flags[g] === '1'),
    Timestamp: released === '' ? '' : new Date(`${released} UTC`).toISOString(),
    Labels: { embedding: [apart, 0], genres: names.filter((_, g) => flags[g] === '1') },
  };
}

function userOf(line: string) {
  const [id, age, gender, occupation, zip_code] = line.split('|').map((field) => field.trim());
  return { UserId: id, Labels: { age: Number(age), gender, occupation, zip_code } };
}

function ratingOf(line: string) {
  const [user, item, rating, seconds] = line.trim().split(/\s+/);
  const Timestamp = new Date(Number(seconds) * 1000).toISOString();
  return { FeedbackType: 'rating', UserId: user, ItemId: item, Value: Number(rating), Timestamp };
}

const overOne = (model: string, surface: string) => ({
  surface,
  strategy: model,
  budgetMs: 5000,
  maxBudgetMs: 5000,
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: model, limit: 200 }] },
    { stage: 'features', use: ['user', 'history'] },
    { stage: 'score', use: [{ algorithm: model, weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden', 'expired', 'seen', 'excluded', 'category'] },
  ],
});

/** As the fixture of Gorse's clients: no ranker, and what is latest. */
const sections = {
  models: {
    latest: { kind: 'latest' },
    alike: { kind: 'embedding', options: { column: 'embedding' } },
  },
  works: { home: overOne('latest', 'user'), neighbors: overOne('alike', 'item') },
  training: { data: { positive: ['rating>=4'], read: ['rating'] } },
};

interface UserPage {
  readonly Cursor: string;
  readonly Users: readonly { readonly UserId: string; readonly Labels: object }[];
}

interface ItemPage {
  readonly Items: readonly { readonly ItemId: string; readonly Categories: readonly string[] }[];
}

type Scores = readonly { readonly Id: string }[];

describe.runIf(isThere)('MovieLens 100K, as the tests of the clients of Gorse expect it', () => {
  let server: GorseServer;
  const get = async <Body>(path: string): Promise<Body> =>
    (await (await fetch(`${server.url}/api/${path}`)).json()) as Body;

  beforeAll(async () => {
    server = await openGorseServer(sections);
    const names = genres();
    await server.post(
      'items',
      linesOf('u.item', 'latin1').map((line) => itemOf(line, names)),
    );
    await server.post('users', linesOf('u.user').map(userOf));
    const ratings = gunzipSync(readFileSync(join(folder, 'u.data.gz')))
      .toString('latin1')
      .split('\n')
      .filter((line) => /^\d+\s+\d+\s+\d+\s+\d+\s*$/.test(line))
      .map(ratingOf);
    for (let at = 0; at < 20_000; at += 5000)
      await server.post('feedback', ratings.slice(at, at + 5000));
  }, 60_000);
  afterAll(() => server[Symbol.asyncDispose]());

  test('the first users are 1, 10 and 100, with their labels', async () => {
    const { Users, Cursor } = await get<UserPage>('users?n=3');
    expect(Users.map(({ UserId }) => UserId)).toEqual(['1', '10', '100']);
    expect(Users[0].Labels).toEqual({
      ...{ age: 24, gender: 'M', occupation: 'technician', zip_code: '85711' },
    });
    const next = await get<UserPage>(`users?n=3&cursor=${encodeURIComponent(Cursor)}`);
    expect(next.Users.map(({ UserId }) => UserId)).toEqual(['101', '102', '103']);
  });

  test('the first items are 1, 10 and 100, with categories and time', async () => {
    const { Items } = await get<ItemPage>('items?n=3');
    expect(Items.map(({ ItemId }) => ItemId)).toEqual(['1', '10', '100']);
    expect(Items[0]).toMatchObject({
      Comment: 'Toy Story (1995)',
      Timestamp: '1995-01-01T00:00:00Z',
      IsHidden: false,
    });
    expect(Items[0].Categories).toHaveLength(3);
  });

  test('a new user gets the newest: 315, 1432, 918', async () => {
    expect(await get('recommend/3000?n=3')).toEqual(['315', '1432', '918']);
    const latest = await get<Scores>('latest?n=3');
    expect(latest.map(({ Id }) => Id)).toEqual(['315', '1432', '918']);
  });

  test('the neighbours of item 1 are 1060, 404, 1219', async () => {
    const neighbours = await get<Scores>('item/1/neighbors?n=3');
    expect(neighbours.map(({ Id }) => Id)).toEqual(nearest);
  });

  test('searching for Toy Story finds item 1', async () => {
    const { Items } = await get<ItemPage>('items?n=3&q=Toy%20Story');
    expect(Items[0].ItemId).toBe('1');
  });

  test('recommendations of several categories have all of them', async () => {
    const ids = await get<readonly string[]>('recommend/3000?n=5&category=Comedy&category=Romance');
    expect(ids).toHaveLength(5);
    for (const id of ids) {
      const { Categories } = await get<ItemPage['Items'][number]>(`item/${id}`);
      expect(Categories).toEqual(expect.arrayContaining(['Comedy', 'Romance']));
    }
  });
});
