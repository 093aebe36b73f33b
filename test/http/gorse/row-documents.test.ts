import { expect, test } from 'vitest';
import { openGorseGateway } from './open-gorse-gateway.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { content: Record<string, { example: unknown }> };
  readonly responses: Record<string, { content?: Record<string, { example?: unknown }> }>;
}

const filled = (path: string) =>
  path
    .replaceAll('{user-id}', 'U1')
    .replaceAll('{item-id}', 'A1')
    .replaceAll('{feedback-type}', 'click')
    .replaceAll('{category}', 'boots');

test('every route of rows stands in the document, and answers with the fields of its example', async () => {
  await using shop = await openGorseGateway();
  const { json: document } = await shop.call('GET', '/openapi.json');
  const rows = /^\/api\/(users?|items?|feedback)(\/(?!.*neighbors).*)?$/;
  const routes = Object.entries<Record<string, Operation>>(document.paths)
    .filter(([path]) => rows.test(path))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
  const order = ['post', 'put', 'patch', 'get', 'delete'];
  // What an item has is deleted before the item is.
  routes.sort(
    (a, b) => order.indexOf(a.method) - order.indexOf(b.method) || b.path.length - a.path.length,
  );
  expect(routes.map(({ path, method }) => `${method} ${path}`).toSorted()).toEqual(
    [
      ...['delete', 'get'].flatMap((method) => [
        `${method} /api/feedback/{feedback-type}/{user-id}/{item-id}`,
        `${method} /api/feedback/{user-id}/{item-id}`,
      ]),
      ...['delete', 'put'].map((method) => `${method} /api/item/{item-id}/category/{category}`),
      ...['delete', 'get', 'patch'].flatMap((method) => [
        `${method} /api/item/{item-id}`,
        `${method} /api/user/{user-id}`,
      ]),
      ...['item/{item-id}/feedback', 'user/{user-id}/feedback', 'feedback'].flatMap((path) => [
        `get /api/${path}`,
        `get /api/${path}/{feedback-type}`,
      ]),
      ...['get /api/items', 'get /api/users', 'put /api/feedback', 'post /api/feedback'],
      ...['item', 'items', 'user', 'users'].map((path) => `post /api/${path}`),
    ].toSorted(),
  );
  for (const { path, method, operation } of routes) {
    const body = operation.requestBody?.content['application/json'].example;
    const answer = await shop.call(method.toUpperCase(), filled(path), { body });
    const example = operation.responses[200].content?.['application/json'].example;
    const shape = (value: unknown): unknown =>
      Array.isArray(value) ? value.slice(0, 1).map(shape) : Object.keys(value as object);
    expect([path, method, answer.status]).toEqual([path, method, 200]);
    expect([path, method, shape(answer.json)]).toEqual([path, method, shape(example)]);
  }
});

test('a store that is gone is told as 503 in text', async () => {
  await using shop = await openGorseGateway();
  await shop.gateway.store.close();
  for (const [method, path, body] of [
    ['GET', '/api/user/u', undefined],
    ['GET', '/api/users', undefined],
    ['GET', '/api/feedback', undefined],
    ['GET', '/api/items?q=a', undefined],
    ['POST', '/api/user', { UserId: 'u' }],
    ['POST', '/api/feedback', [{ FeedbackType: 'a', UserId: 'u', ItemId: 'i' }]],
    ['PATCH', '/api/item/A1', { Comment: 'c' }],
    ['PUT', '/api/item/A1/category/a', undefined],
    ['DELETE', '/api/user/u', undefined],
  ] as const) {
    const answer = await shop.call(method, path, { body });
    expect(answer).toMatchObject({ status: 503, type: 'text/plain; charset=utf-8' });
    expect(answer.headers.get('retry-after')).toBe('1');
  }
});
