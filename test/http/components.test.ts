import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../src/config.ts';
import type { Gateway } from '../../src/gateway.ts';
import { createControlApp } from '../../src/http/control/app.ts';
import { componentsSchema } from '../../src/http/control/components.ts';
import { optionsJsonSchema } from '../../src/http/control/options-json-schema.ts';
import { breakersSchema, storesSchema } from '../../src/http/control/stores.ts';
import { definePlugin } from '../../src/plugins/plugin.ts';
import { tableSource } from '../stores/tables/table-folder.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  house = await openTestGateway();
});
afterAll(() => house.close());

async function read(path: string, differently: Partial<Gateway> = {}) {
  const app = createControlApp({ ...house.gateway, ...differently }, { token: 'x' });
  return (await call(app, `GET /control/${path}`)).body;
}

const components = async (differently?: Partial<Gateway>) =>
  componentsSchema.parse(await read('components', differently)).components;

test('every algorithm is told with its plugin, options, uses and series', async () => {
  const all = await components();
  expect(all.find(({ name }) => name === 'mmr')).toMatchObject({
    kind: 'rerankers',
    plugin: 'sightline',
    summary: 'maximal marginal relevance',
    options: {
      type: 'object',
      properties: { diversity: { type: 'number', minimum: 0, maximum: 1, default: 0.1 } },
    },
    used_by: [],
    metrics: ['sightline_stage_duration_seconds'],
  });
  expect(all.find(({ name }) => name === 'hidden')).toMatchObject({
    kind: 'filters',
    options: null,
    used_by: ['home', 'session', 'similar'].map((work) => ({ work, stage: 'filter' })),
    metrics: ['sightline_component_duration_seconds', 'sightline_filter_removed_total'],
  });
});

test('models stand beside algorithms, with the options of their kind and what reads them', async () => {
  const all = await components();
  const latest = all.find(({ kind, name }) => kind === 'models' && name === 'latest');
  expect(latest).toMatchObject({ plugin: 'sightline', options: { type: 'object' } });
  expect(latest?.used_by.map(({ work, stage }) => `${work} ${stage}`)).toEqual(
    ['home', 'session', 'similar'].flatMap((work) => [`${work} retrieve`, `${work} score`]),
  );
});

test('signals of plugins are told with what they read into', async () => {
  const dwell = { summary: 'how long', create: () => ({ see() {}, report: () => [] }) };
  const all = await components({ plugins: [definePlugin({ name: 'own', signals: { dwell } })] });
  expect(all.find(({ name }) => name === 'dwell')).toEqual({
    ...{ kind: 'signals', name: 'dwell', plugin: 'own', summary: 'how long', options: null },
    ...{ used_by: [], metrics: ['sightline_plugin_signal'] },
  });
});

const demanding = () => {
  const { config } = house.gateway;
  return configSchema.parse({
    models: { item2vec: { kind: 'item2vec' }, query: { kind: 'popular' } },
    works: {
      home: {
        ...{ surface: 'user', strategy: 'own' },
        stages: [
          { stage: 'intent' },
          { stage: 'retrieve', use: [{ algorithm: 'query' }] },
          { stage: 'score', use: [{ algorithm: 'item2vec', weight: 1 }] },
          { stage: 'rerank', slo: { availability: 0.99, latencyP99Ms: 5 } },
          { stage: 'filter', use: ['hidden'] },
        ],
      },
    },
    store: config.store,
  });
};

test('an algorithm that reads a model is a use of it, with what its stage promises', async () => {
  const all = await components({ settings: demanding });
  const item2vec = all.find(({ kind, name }) => kind === 'models' && name === 'item2vec');
  expect(item2vec?.used_by).toEqual([
    { work: 'home', stage: 'score', slo: { availability: null, latency_p99_ms: null } },
    { work: 'home', stage: 'rerank', slo: { availability: 0.99, latency_p99_ms: 5 } },
  ]);
});

test('a model goes before an algorithm of the same name', async () => {
  const named = (await components({ settings: demanding })).filter(({ name }) => name === 'query');
  const used = named.filter(({ used_by }) => used_by.length > 0).map(({ kind }) => kind);
  expect(used).toEqual(['models']);
});

test('a plugin whose schema cannot be told as JSON is listed without', async () => {
  const plain = {
    '~standard': { version: 1 as const, validate: (value: unknown) => ({ value }) },
  };
  const plugin = definePlugin({
    name: 'shop',
    filters: {
      even: { summary: 'keeps the even', options: plain, create: () => ({ judge() {} }) },
    },
  });
  const all = await components({ plugins: [plugin] });
  expect(all.find(({ name }) => name === 'even')).toMatchObject({ plugin: 'shop', options: null });
  expect(optionsJsonSchema(z.strictObject({ at: z.date() }))).toBeNull();
});

test('the main store is told with its rows and how its last read went', async () => {
  const own = await openTestGateway();
  const app = createControlApp(own.gateway, { token: 'x' });
  const stores = async () => storesSchema.parse((await call(app, 'GET /control/stores')).body);
  const rows = { items: 40, users: 0, feedback: 40 };
  expect(await stores()).toEqual({
    main: { kind: 'memory', rows, last_read: null },
    features: [],
    tables: [],
  });
  await own.gateway.store.mget('users', ['u1']);
  expect((await stores()).main.last_read).toMatchObject({
    outcome: 'ok',
    at: '2026-01-31T09:00:00.000Z',
  });
  await own.close();
});

test('feature stores, tables and breakers are told where there are any', async () => {
  const staff = tableSource('set', 'A1\nA2\n');
  const features = {
    stores: { away: { kind: 'redis', urls: ['redis://127.0.0.1:1'], snapshot: {} } },
  };
  const own = await openTestGateway({ tables: { staff }, features });
  onTestFinished(() => own.close());
  const app = createControlApp(own.gateway, { token: 'x' });
  const { body } = await call(app, 'GET /control/stores');
  expect(storesSchema.parse(body)).toMatchObject({
    features: [{ name: 'away', kind: 'redis', in_flight: 0, refused_waves: 0 }],
    tables: [{ name: 'staff', kind: 'set', keys: 2, failure: null }],
  });
  const breakers = (await call(app, 'GET /control/breakers')).body;
  expect(breakersSchema.parse(breakers).breakers).toMatchObject([
    { store: 'away', state: 'closed', opened: 0, refused_waves: 0 },
  ]);
  expect(await read('breakers')).toEqual({ breakers: [] });
});
