import { expect, test } from 'vitest';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { openTestGateway } from '../open-test-gateway.ts';
import { openGorseGateway } from './open-gorse-gateway.ts';

test('health is told with and without a slash at the end, without a key', async () => {
  await using shop = await openGorseGateway();
  for (const path of ['/api/health/live', '/api/health/live/', '/api/health/ready']) {
    const answer = await shop.call('GET', path);
    expect(answer).toMatchObject({ status: 200, json: { Ready: true, DataStoreConnected: true } });
    expect(answer.text).toContain('\n "Ready": true');
  }
});

test('a gateway that drains is alive and not ready', async () => {
  await using shop = await openGorseGateway();
  shop.gateway.drain();
  expect((await shop.call('GET', '/api/health/live')).status).toBe(200);
  const ready = await shop.call('GET', '/api/health/ready');
  expect(ready.status).toBe(503);
  expect(ready.type).toBe('text/plain; charset=utf-8');
  expect(JSON.parse(ready.text)).toMatchObject({ Ready: false });
});

test('nothing is under /api without a section `gorse`', async () => {
  const house = await openTestGateway();
  const answer = await createQueryApp(house.gateway).request('/api/health/live');
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('no section `gorse`');
  await house.close();
});
