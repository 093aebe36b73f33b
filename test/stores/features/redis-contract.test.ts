import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { encodeFeature, type FeatureCodec } from '../../../src/stores/features/feature-codec.ts';
import type { FeatureValue } from '../../../src/stores/features/feature-store.ts';
import { openRedisFeatures } from '../../../src/stores/features/redis-features.ts';
import { openRedisKeyWatch } from '../../../src/stores/features/redis-key-watch.ts';
import { openSnapshot } from '../../../src/stores/features/snapshot.ts';
import { featureStoreContract } from '../../contracts/feature-store.ts';
import { testWith } from '../../installed.ts';
import { openRedisServer, type RedisServer } from './redis-server.ts';

const keyPrefix = 'f:';
const it = testWith('redis-server');
let server: RedisServer;

beforeAll(async () => {
  if (it !== test.skip) server = await openRedisServer();
});
afterAll(() => server?.close());
afterEach(async () => {
  await server?.client.flushall();
});

async function openRedis(rows: Readonly<Record<string, FeatureValue>>, codec: FeatureCodec) {
  const pairs = Object.entries(rows).flatMap(([key, value]) => [
    keyPrefix + key,
    encodeFeature(value, codec),
  ]);
  if (pairs.length > 0) await server.client.mset(pairs);
  return openRedisFeatures({ urls: [server.url], keyPrefix, codec });
}

featureStoreContract('redis', openRedis, it);

featureStoreContract(
  'redis behind a snapshot',
  async (rows, codec) =>
    openSnapshot(await openRedis(rows, codec), {
      watch: openRedisKeyWatch({ urls: [server.url], keyPrefix }),
    }),
  it,
);
