import { expect, test, vi } from 'vitest';
import { openGorseGateway } from './open-gorse-gateway.ts';

const knn = {
  models: { popular: { kind: 'popular' }, latest: { kind: 'latest' }, knn: { kind: 'user-knn' } },
};

const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

/** Users who read the same three items, two by two. */
const feedback = (users: number) =>
  Array.from({ length: users * 3 }, (_, k) => ({
    ...{
      FeedbackType: 'click',
      UserId: `u${k % users}`,
      ItemId: `A${((k % users) >> 1) + (k % 3)}`,
    },
    Timestamp: '2026-01-30T09:00:00Z',
  }));

test('models learn once when the imports of a shop are over', async () => {
  await using shop = await openGorseGateway({ gorse: { admin: true }, ...knn });
  const neighbours = async () => (await shop.call('GET', '/api/user/u0/neighbors')).json;
  expect(await neighbours()).toEqual([]);
  for (const [table, rows] of [
    ['users', [{ UserId: 'u0' }]],
    ['items', [{ ItemId: 'A0' }]],
    ['feedback', feedback(20)],
  ] as const) {
    const { status } = await shop.call('POST', `/api/bulk/${table}`, { body: lines(rows) });
    expect(status).toBe(200);
  }
  await vi.waitUntil(() => shop.gateway.training.tasks().length > 0, { timeout: 5000 });
  await shop.settle();
  expect(shop.gateway.training.tasks()).toMatchObject([{ trigger: 'import' }]);
  expect(await neighbours()).toContainEqual({ Id: 'u1', Score: expect.any(Number) });
});

test('a model that a start found nothing to learn for learns while feedback comes in', async () => {
  await using shop = await openGorseGateway({
    ...knn,
    training: { data: { positive: ['star'] } },
  });
  const stars = feedback(40).map((row) => ({ ...row, FeedbackType: 'star' }));
  await shop.call('POST', '/api/feedback', { body: stars });
  await vi.waitUntil(() => shop.gateway.training.tasks().length > 0, { timeout: 5000 });
  await shop.settle();
  expect(shop.gateway.training.tasks()).toMatchObject([
    { trigger: 'import', models: expect.arrayContaining(['knn']) },
  ]);
  const { json } = await shop.call('GET', '/api/user-to-user/knn/u0');
  expect(json).toContainEqual({ Id: 'u1', Score: expect.any(Number) });
});
