import { expect, test } from 'vitest';
import { type GorseServer, openGorseServer } from './open-gorse-server.ts';

const sections = {
  models: { latest: { kind: 'latest' } },
  works: {
    home: {
      surface: 'user',
      strategy: 'latest',
      stages: [
        { stage: 'intent' },
        { stage: 'retrieve', use: [{ algorithm: 'latest' }] },
        { stage: 'score', use: [{ algorithm: 'latest', weight: 1 }] },
        { stage: 'rerank', use: 'score' },
        { stage: 'filter', use: ['hidden'] },
      ],
    },
  },
};

const rowCount = 300;
const names = Array.from({ length: rowCount }, (_, i) => `r${String(i).padStart(3, '0')}`);

const lists = [
  { path: 'users', rows: 'Users', field: 'UserId' },
  { path: 'items', rows: 'Items', field: 'ItemId' },
  { path: 'feedback/like', rows: 'Feedback', field: 'UserId' },
] as const;

type Page = Readonly<Record<string, unknown>> & { readonly Cursor: string };

async function walk(server: GorseServer, { path, rows, field }: (typeof lists)[number]) {
  const seen: string[] = [];
  let cursor = '';
  do {
    const url = `${server.url}/api/${path}?n=7&cursor=${encodeURIComponent(cursor)}`;
    const page = (await (await fetch(url)).json()) as Page;
    for (const row of page[rows] as readonly Record<string, string>[]) seen.push(row[field]);
    cursor = page.Cursor;
  } while (cursor !== '');
  return seen;
}

/** Puts rows between those that stay, and takes them away again, until it is told to stop. */
async function disturb(server: GorseServer, isOver: () => boolean): Promise<number> {
  let changes = 0;
  for (; !isOver(); changes++) {
    const id = `${names[(changes * 37) % rowCount]}x`;
    await server.post('users', [{ UserId: id }]);
    await server.post('items', [{ ItemId: id }]);
    await server.post('feedback', [{ FeedbackType: 'like', UserId: id, ItemId: id }]);
    for (const path of [`user/${id}`, `item/${id}`])
      await fetch(`${server.url}/api/${path}`, { method: 'DELETE' });
  }
  return changes;
}

test('pages of users, items and feedback hold every row that stays exactly once while others come and go', async () => {
  await using server = await openGorseServer(sections);
  await server.post(
    'users',
    names.map((UserId) => ({ UserId })),
  );
  await server.post(
    'items',
    names.map((ItemId) => ({ ItemId })),
  );
  const like = (name: string) => ({ FeedbackType: 'like', UserId: name, ItemId: name });
  await server.post('feedback', names.map(like));
  let isOver = false;
  const disturbing = [1, 2].map(() => disturb(server, () => isOver));
  for (const list of lists) {
    const seen = await walk(server, list);
    expect(seen.filter((id) => !id.endsWith('x'))).toEqual(names);
  }
  isOver = true;
  expect(Math.min(...(await Promise.all(disturbing)))).toBeGreaterThan(1);
}, 60_000);
