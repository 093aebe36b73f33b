import { expect, test } from 'vitest';
import type { Caller } from '../../../src/http/gorse/gorse-route.ts';
import { namespaceOf } from '../../../src/http/gorse/namespace.ts';
import { createQueryApp } from '../../../src/http/query/app.ts';
import type { ModelQuery } from '../../../src/models/model.ts';
import { testClock } from '../open-test-gateway.ts';
import { click, openListShop } from './list-shop.ts';
import type { GorseShop } from './open-gorse-gateway.ts';

/** An app whose list `alike` is answered by a model that knows 30 users, the one who asks among them. */
function appWithUsers({ gateway }: GorseShop, caller?: Caller) {
  const asked: ModelQuery[] = [];
  const slot = gateway.generations.current.generation.models.get('popular')!;
  Object.assign('model' in slot ? slot.model : {}, {
    similarUsers(query: ModelQuery, limit: number, prefix = '') {
      asked.push(query);
      const users = Array.from({ length: 30 }, (_, k) => ({ id: `${prefix}u${k}`, score: 30 - k }));
      const all = [{ id: 'zeta:u1', score: 99 }, ...users];
      return all.filter(({ id }) => prefix === '' || id.startsWith(prefix)).slice(0, limit);
    },
  });
  const gorse = { ...gateway.config.gorse!, userToUser: { alike: 'popular' } };
  const app = createQueryApp(
    { ...gateway, config: { ...gateway.config, gorse } },
    { clock: testClock, ...(caller && { admit: () => caller }) },
  );
  const ask = async (path: string) => {
    const answer = await app.request(path);
    return ((await answer.json()) as { Id: string; Score: number }[]).map(({ Id }) => Id);
  };
  return { asked, ask };
}

test('users like a user are answered, without the user', async () => {
  await using shop = await openListShop();
  await shop.gateway.recordFeedback([click('u1', 'A3')]);
  const { asked, ask } = appWithUsers(shop);
  for (const path of [
    '/api/user-to-user/alike/u1',
    '/api/user/u1/neighbors',
    '/api/user/u1/neighbors/',
  ])
    expect(await ask(`${path}?n=3`)).toEqual(['zeta:u1', 'u0', 'u2']);
  expect(await ask('/api/user/u1/neighbors?n=2&offset=2')).toEqual(['u2', 'u3']);
  expect(await ask('/api/user/u1/neighbors?n=2&exclude=u0&exclude=zeta:u1')).toEqual(['u2', 'u3']);
  expect(await ask('/api/user/u1/neighbors?offset=31')).toEqual([]);
  expect(asked[0]).toMatchObject({ user: 'u1', purpose: 'similar' });
  expect([...asked[0].recent]).toEqual([shop.gateway.table.indexOf('A3')]);
});

test('a tenant sees its own users only', async () => {
  await using shop = await openListShop();
  const { ask } = appWithUsers(shop, { namespace: namespaceOf('acme'), mayWrite: true });
  expect(await ask('/api/user/u1/neighbors?n=3')).toEqual(['u0', 'u2', 'u3']);
});

test('a model that knows no users answers nothing', async () => {
  await using shop = await openListShop();
  const { gateway } = shop;
  const gorse = { ...gateway.config.gorse!, userToUser: { alike: 'latest', gone: 'nothing' } };
  const app = createQueryApp({ ...gateway, config: { ...gateway.config, gorse } });
  for (const list of ['alike', 'gone']) {
    const answer = await app.request(`/api/user-to-user/${list}/u1`);
    expect([answer.status, await answer.text()]).toEqual([200, '[]']);
  }
});
