import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { App } from '../../src/http/routes.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock } from './open-test-gateway.ts';

let house: TestGateway;
let app: App;
beforeAll(async () => {
  house = await openTestGateway({ gorse: {} });
  app = createQueryApp(house.gateway, { clock: testClock });
});
afterAll(() => house.close());

const labels = { text: { embedding: [0.1, 0.2] }, tags: ['a', 'b'], size: 3, none: null };

test.each(['items', 'users'] as const)(
  '%s keep labels and a comment, and a change replaces them',
  async (table) => {
    const path = `/v1/${table}`;
    await call(app, `POST ${path}`, { body: { id: 'X1', labels, comment: 'of people' } });
    const read = async () => (await call(app, `GET ${path}/X1`)).body;
    expect(await read()).toMatchObject({ id: 'X1', labels, comment: 'of people' });
    expect(await house.gateway.store.mget(table, ['X1'])).toMatchObject([{ row: { labels } }]);
    await call(app, `PATCH ${path}/X1`, { body: { attributes: { colour: 'red' } } });
    expect(await read()).toMatchObject({ labels, comment: 'of people' });
    await call(app, `PATCH ${path}/X1`, { body: { labels: { tags: ['c'] }, comment: 'other' } });
    expect(await read()).toMatchObject({ labels: { tags: ['c'] }, comment: 'other' });
    const { body } = await call<object[]>(app, `GET /api/${table.slice(0, -1)}/X1`);
    expect(body).toMatchObject({ Labels: { tags: ['c'] }, Comment: 'other' });
    await call(app, `PATCH ${path}/X1`, { body: { labels: null, comment: null } });
    for (const field of ['labels', 'comment']) expect(await read()).not.toHaveProperty(field);
  },
);

const deep = (levels: number): unknown => (levels === 0 ? 'x' : { a: deep(levels - 1) });

test.each([
  ['a boolean', true, 'unsupported type in labels: bool'],
  ['a list of two kinds', { a: ['b', 1] }, 'unsupported labels: ["b",1]'],
  ['33 levels', deep(33), 'labels are nested too deep, expected 32 levels'],
])('labels with %s are refused, and told why', async (_, wrong, why) => {
  const message = `labels are wrong: ${why}`;
  for (const [method, path] of [
    ['POST', '/v1/items'],
    ['PATCH', '/v1/items/A1'],
    ['POST', '/v1/users'],
  ]) {
    const id = method === 'POST' ? { id: 'A1' } : {};
    const answer = await call(app, `${method} ${path}`, { body: { ...id, labels: wrong } });
    expect(answer).toMatchObject({ status: 422, body: { message, path: 'labels' } });
  }
});

test('rows without labels are shown as before', async () => {
  await call(app, 'POST /v1/users', { body: { id: 'plain' } });
  expect((await call(app, 'GET /v1/users/plain')).body).toEqual({
    ...{ id: 'plain', segment: null, attributes: {} },
  });
});
