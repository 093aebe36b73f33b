import { writeFileSync } from 'node:fs';
import { type test as everywhere, expect, onTestFinished } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { call } from '../http/call.ts';
import { type ConfigChanges, openTestGateway, testWork } from '../http/open-test-gateway.ts';
import { testWith } from '../installed.ts';
import { openRedisServer, until } from '../stores/features/redis-server.ts';
import { tableSource } from '../stores/tables/table-folder.ts';

const test: typeof everywhere = testWith('redis-server');

const works = { home: testWork('user'), similar: testWork('item') };
const extra = { ...works, extra: testWork('user') };

/** Two gateways with configurations of their own, one table, and one channel on which they tell of changes. */
async function openPair() {
  const redis = await openRedisServer();
  onTestFinished(() => redis.close());
  const staff = tableSource('set', 'A1\n');
  const announce = { urls: [redis.url], channel: 'pair' };
  const shared = { works, tables: { staff }, generations: { watchSeconds: 0, announce } };
  const open = async () => {
    const house = await openTestGateway(shared, { fromFile: true });
    onTestFinished(() => house.close());
    const app = createControlApp(house.gateway, { token: 'token' });
    const headers = { authorization: 'Bearer token' };
    return {
      ...house,
      id: () => house.gateway.generation().id,
      rewrite: (changes: ConfigChanges) => house.edit({ ...shared, ...changes }),
      post: (path: string, body?: object) =>
        call<{ generation: string }>(app, `POST /control/${path}`, { headers, body }),
      triggers: () =>
        house.facts('generation.changed').map(({ trigger, outcome }) => `${trigger} ${outcome}`),
    };
  };
  const [one, two] = [await open(), await open()];
  await until(async () => (await redis.client.pubsub('NUMSUB', 'pair'))[1] === 2);
  return { redis, one, two, writeTable: (text: string) => writeFileSync(staff.file, text) };
}

test('what is done on the control port of one gateway, the other one follows', async () => {
  const { one, two, writeTable } = await openPair();
  const first = one.id();
  expect(two.id()).toBe(first);
  for (const gateway of [one, two]) gateway.rewrite({ works: extra });
  const second = (await one.post('reload', {})).body.generation;
  await until(() => two.id() === second);
  writeTable('A1\nA2\n');
  const third = (await two.post('tables/staff/update')).body.generation;
  await until(() => one.id() === third);
  await one.post(`generations/${second}/rollback`);
  await until(() => two.id() === second);
  expect(one.triggers()).toEqual([
    'control published',
    'announcement published',
    'rollback published',
  ]);
  expect(two.triggers()).toEqual([
    'announcement published',
    'control published',
    'announcement published',
  ]);
  expect(one.id()).not.toBe(first);
});

test('a generation that waited on one gateway is built on the other when it is promoted', async () => {
  const { one, two } = await openPair();
  const first = one.id();
  for (const gateway of [one, two]) gateway.rewrite({ works: extra });
  const waiting = (await one.post('reload', { hold: true })).body.generation;
  await one.post(`generations/${waiting}/promote`);
  await until(() => two.id() === waiting);
  expect(two.triggers()).toEqual(['announcement held', 'announcement published']);
  expect(first).not.toBe(waiting);
});

test('a gateway whose files lead to another generation keeps its own, and says so', async () => {
  const { one, two } = await openPair();
  const first = two.id();
  one.rewrite({ works: extra });
  const waiting = (await one.post('reload', { hold: true })).body.generation;
  await one.post(`generations/${waiting}/promote`);
  await until(() => two.facts('generation.failed').length === 1);
  expect(two.facts('generation.failed')[0]).toMatchObject({
    trigger: 'announcement',
    cause: { message: expect.stringContaining(`${first}, expected ${waiting}`) },
  });
  expect(two.id()).toBe(first);
});

test('gateways go on without the Redis of their announcements, and follow each other when it is back', async () => {
  const { redis, one, two } = await openPair();
  const first = two.id();
  await redis.kill();
  for (const gateway of [one, two]) gateway.rewrite({ works: extra });
  const second = (await one.post('reload', {})).body.generation;
  expect(one.id()).toBe(second);
  await until(() => one.facts('change.announced').length === 1);
  expect(one.facts('change.announced')).toMatchObject([{ outcome: 'failed' }]);
  expect(two.id()).toBe(first);
  await redis.start();
  await until(async () => (await redis.client.pubsub('NUMSUB', 'pair'))[1] === 2);
  await until(async () => {
    await one.post(`generations/${second}/promote`);
    return one.facts('change.announced').at(-1)?.outcome === 'sent';
  });
  await until(() => two.id() === second);
});
