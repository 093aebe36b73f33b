import { expect, onTestFinished, test } from 'vitest';
import { keySlot, packBySlot } from '../../../src/stores/features/key-slot.ts';
import { openRedisFeatures } from '../../../src/stores/features/redis-features.ts';
import { openRedisKeyWatch } from '../../../src/stores/features/redis-key-watch.ts';
import { openSnapshot } from '../../../src/stores/features/snapshot.ts';
import { testWith } from '../../installed.ts';
import { openRedisServer, type RedisServer, until } from './redis-server.ts';

const it = testWith('redis-server');
const limits = { timeoutMs: 5000 };
const keys = Array.from({ length: 500 }, (_, i) => `item:${i}`);
const ranges = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383],
] as const;

/** Three masters that share the slots; keys without a node are the only ones that fail when one is lost. */
async function startCluster(): Promise<readonly RedisServer[]> {
  const flags = ['--cluster-enabled', 'yes', '--cluster-require-full-coverage', 'no'];
  const nodes = await Promise.all(ranges.map(() => openRedisServer(flags)));
  onTestFinished(async () => {
    await Promise.all(nodes.map((node) => node.close()));
  });
  for (const [n, { client }] of nodes.entries()) {
    await client.cluster('ADDSLOTSRANGE', ...ranges[n]);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', n + 1);
  }
  for (const { port } of nodes.slice(1)) await nodes[0].client.cluster('MEET', '127.0.0.1', port);
  for (const { client } of nodes) {
    await until(async () => {
      const info = String(await client.cluster('INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_slots_assigned:16384');
    });
  }
  for (const [i, key] of keys.entries()) await nodeOf(nodes, key).client.set(key, `${i}`);
  return nodes;
}

function nodeOf(nodes: readonly RedisServer[], key: string): RedisServer {
  return nodes[ranges.findIndex(([, last]) => keySlot(key) <= last)];
}

it('a cluster serves one wave from all its nodes, and the rest of it when one is lost', async () => {
  const nodes = await startCluster();
  const urls = nodes.map(({ url }) => url);
  const store = openRedisFeatures({ urls });
  const watch = openRedisKeyWatch({ urls, keyPrefix: 'item:' });
  const snapshot = openSnapshot(openRedisFeatures({ urls, keyPrefix: 'item:' }), { watch });
  onTestFinished(async () => {
    await Promise.all([store.close(), snapshot.close()]);
  });
  const all = await store.mget([...keys, 'nobody'], limits);
  expect(all).toMatchObject([...keys.map((_, row) => ({ row })), { state: 'absent' }]);

  await until(() => watch.isLive());
  const own = keys.map((_, i) => i);
  const rowOf = async (key: number) => (await snapshot.mget([key], limits)).at(0);
  expect(await snapshot.mget(own, limits)).toMatchObject(own.map((row) => ({ row })));
  for (const key of [0, 1, 2, 3]) {
    await nodeOf(nodes, `item:${key}`).client.set(`item:${key}`, '"new"');
    await until(async () => JSON.stringify(await rowOf(key)).includes('new'));
  }

  await nodes[1].kill();
  await until(async () => {
    const found = await store.mget(keys, { timeoutMs: 500 });
    return found.every(
      ({ state }, i) => (state === 'failed') === (nodeOf(nodes, keys[i]) === nodes[1]),
    );
  });
});

it('knows the slot of a key as Redis does', async () => {
  const { client, close } = await openRedisServer(['--cluster-enabled', 'yes']);
  onTestFinished(close);
  const odd = ['', '{}', '{}a', '{a}b', 'b{a}', '{a}{b}', 'a{b{c}d}', '}{', '{', '界', '\u{1F45F}'];
  for (const key of [...odd, ...keys.slice(0, 100)]) {
    expect([key, keySlot(key)]).toEqual([key, await client.cluster('KEYSLOT', key)]);
  }
});

test('packs every place once, with those of one slot together', () => {
  const packs = packBySlot(['{a}1', 'b', '{a}2', 'b']);
  expect(packs).toEqual([
    [0, 2],
    [1, 3],
  ]);
});
