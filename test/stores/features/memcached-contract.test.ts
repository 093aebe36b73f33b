import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { encodeFeature } from '../../../src/stores/features/feature-codec.ts';
import { openMemcachedFeatures } from '../../../src/stores/features/memcached-features.ts';
import { featureStoreContract } from '../../contracts/feature-store.ts';
import { testWith } from '../../installed.ts';
import { type MemcachedServer, openMemcachedServer } from './memcached-server.ts';

const keyPrefix = 'f:';
const it = testWith('memcached');
let server: MemcachedServer;

beforeAll(async () => {
  if (it !== test.skip) server = await openMemcachedServer();
});
afterAll(() => server?.kill());
afterEach(async () => {
  await server?.say('flush_all\r\n');
});

featureStoreContract(
  'memcached',
  async (rows, codec) => {
    const values = Object.entries(rows).map(([key, value]) => [key, encodeFeature(value, codec)]);
    await server.set(Object.fromEntries(values), keyPrefix);
    return openMemcachedFeatures({ url: server.url, keyPrefix, codec });
  },
  it,
);
