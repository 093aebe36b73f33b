import { expect, test } from 'vitest';
import { openTestGateway } from './http/open-test-gateway.ts';

test('a gateway opens its feature stores and closes them', async () => {
  const stores = { prices: { kind: 'memory', rows: { a: 1 } } };
  const { gateway, facts, close } = await openTestGateway({ features: { stores } });
  const prices = gateway.features.get('prices')!;
  expect(await prices.mget(['a'], { timeoutMs: 1000 })).toMatchObject([{ row: 1 }]);
  expect(gateway.features.status()).toMatchObject([{ name: 'prices', kind: 'memory' }]);
  expect(facts('store.fetched')).toContainEqual({
    store: 'prices',
    outcome: 'ok',
    seconds: expect.any(Number),
  });
  await close();
  expect(await prices.mget(['a'], { timeoutMs: 1000 })).toMatchObject([{ reason: 'unavailable' }]);
});
