import { rmSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import { measured, optionsOf } from '../experiments/outcomes.ts';
import { call } from '../http/call.ts';
import { type ConfigChanges, openTestGateway, testWork } from '../http/open-test-gateway.ts';
import { until } from '../stores/features/redis-server.ts';
import { tableSource } from '../stores/tables/table-folder.ts';

const byHand = { watchSeconds: 0 };
const works = { home: testWork('user'), similar: testWork('item') };
const reload = { trigger: 'control' } as const;

/** A gateway whose configuration file is read again only by a call, unless told otherwise. */
async function open(changes: ConfigChanges = {}) {
  const house = await openTestGateway(
    { works, generations: byHand, ...changes },
    { fromFile: true },
  );
  onTestFinished(() => house.close());
  const { gateway, edit } = house;
  return {
    ...house,
    steering: gateway.steering,
    rewrite: (differently: ConfigChanges) =>
      edit({ works, generations: byHand, ...changes, ...differently }),
  };
}

const extra = { ...works, extra: testWork('user') };

test('an edited configuration serves in the next generation, and not before', async () => {
  const { gateway, steering, rewrite } = await open();
  rewrite({ works: extra });
  expect(gateway.layoutOf('extra')).toBeUndefined();
  const before = gateway.generation().id;
  expect(await steering.reload(reload)).toMatchObject({ outcome: 'published', needsRestart: [] });
  expect(gateway.layoutOf('extra')).toBeDefined();
  expect(gateway.generation().id).not.toBe(before);
  expect(gateway.settings().works).toHaveProperty('extra');
});

test('an edit that is no configuration keeps what serves, says so, and is forgotten when it is mended', async () => {
  const { gateway, steering, rewrite, file, facts } = await open();
  const { id } = gateway.generation();
  for (const text of ['{ works: [', '', '[]', 'works: 7']) {
    writeFileSync(file, text);
    await expect(steering.reload(reload)).rejects.toMatchObject({
      code: 'SL_GENERATION_FAILED',
      message: expect.stringContaining('in phase load'),
      mistakes: expect.arrayContaining([expect.anything()]),
    });
    expect(gateway.generation().id).toBe(id);
    expect(facts('generation.failed').at(-1)).toMatchObject({ trigger: 'control', phase: 'load' });
  }
  expect(facts('generation.failed')).toHaveLength(4);
  rewrite({ works: extra });
  expect(await steering.reload(reload)).toMatchObject({ outcome: 'published' });
});

test('an edit that names what is not there is refused with every mistake', async () => {
  const { gateway, steering, rewrite, facts } = await open();
  const { id } = gateway.generation();
  const stages = [{ stage: 'intent' }, { stage: 'retrieve', use: [{ algorithm: 'nobody' }] }];
  rewrite({ works: { ...works, wrong: { surface: 'user', strategy: 'x', stages } } });
  await expect(steering.reload(reload)).rejects.toMatchObject({
    code: 'SL_GENERATION_FAILED',
    message: expect.stringContaining('nobody'),
  });
  expect(gateway.generation().id).toBe(id);
  expect(facts('generation.changed')).toMatchObject([{ outcome: 'failed' }]);
});

test('what holds only from the next start on is named until it is taken back', async () => {
  const { steering, rewrite } = await open();
  rewrite({ http: { bodyLimitBytes: 5000 }, feedback: { maxBatch: 7 } });
  expect(await steering.reload(reload)).toMatchObject({
    outcome: 'unchanged',
    needsRestart: ['http', 'feedback'],
  });
  rewrite({ works: extra, feedback: { maxBatch: 7 } });
  expect(await steering.reload(reload)).toMatchObject({
    outcome: 'published',
    needsRestart: ['feedback'],
  });
  rewrite({});
  expect(await steering.reload(reload)).toMatchObject({ needsRestart: [] });
});

test('a file that is watched serves by itself, and a broken one is told of', async () => {
  const generations = { watchSeconds: 0.02 };
  const { gateway, rewrite, file, facts } = await open({ generations });
  rewrite({ works: extra });
  await until(() => gateway.layoutOf('extra') !== undefined);
  expect(facts('generation.changed')).toMatchObject([{ trigger: 'file', outcome: 'published' }]);
  const { id } = gateway.generation();
  writeFileSync(file, 'works: 7');
  await until(() => facts('generation.failed').length === 1);
  expect(gateway.generation().id).toBe(id);
  rewrite({});
  await until(() => gateway.layoutOf('extra') === undefined);
});

test('a generation that the gate holds back is not published by the next reload, but by force', async () => {
  const gate = { minOverlap: 1 };
  const generations = { ...byHand, gate };
  const { gateway, steering, rewrite } = await open({ generations });
  const { id } = gateway.generation();
  const queries = createQueryApp(gateway);
  await call(queries, 'POST /v1/recommend/home', { body: { n: 3 } });
  const popular = JSON.parse(JSON.stringify(testWork('user')).replaceAll('"latest"', '"popular"'));
  rewrite({ works: { ...works, home: popular } });
  const held = await steering.reload(reload);
  expect(held).toMatchObject({ outcome: 'held', reasons: [expect.stringContaining('overlap')] });
  expect(await steering.reload(reload)).toMatchObject({ outcome: 'held', reasons: held.reasons });
  expect(gateway.generation().id).toBe(id);
  expect(await steering.reload({ ...reload, force: true })).toMatchObject({ outcome: 'published' });
  expect(gateway.generation().id).toBe(held.generation);
});

test('to hold back what serves already changes nothing', async () => {
  const { gateway, steering } = await open();
  expect(await steering.reload({ ...reload, hold: true })).toMatchObject({ outcome: 'unchanged' });
  expect(gateway.generations.all()).toHaveLength(1);
});

test('a roll-back lasts while tables change, until the configuration changes or a reload is asked for', async () => {
  const staff = tableSource('set', 'A1\n');
  const { gateway, steering, rewrite } = await open({ tables: { staff } });
  const first = gateway.generation().id;
  const isExtra = () => gateway.layoutOf('extra') !== undefined;
  rewrite({ works: extra });
  await steering.reload(reload);
  await steering.publish(first, 'rollback');
  writeFileSync(staff.file, 'A1\nA2\n');
  expect(await steering.reload({ trigger: 'file' })).toMatchObject({ outcome: 'published' });
  writeFileSync(staff.file, 'A1\nA2\nA3\n');
  expect(await steering.reload({ ...reload, reread: 'staff' })).toMatchObject({
    outcome: 'published',
  });
  expect(isExtra()).toBe(false);
  await steering.reload(reload);
  expect(isExtra()).toBe(true);
  rewrite({});
  await steering.reload({ trigger: 'file' });
  expect(isExtra()).toBe(false);
});

test('an edit that failed for want of a table serves when the table is there', async () => {
  const staff = tableSource('set', 'A1\n');
  const { gateway, steering, rewrite } = await open();
  rmSync(staff.file);
  rewrite({ works: extra, tables: { staff } });
  await expect(steering.reload({ trigger: 'file' })).rejects.toThrow('in phase load');
  writeFileSync(staff.file, 'A1\n');
  await steering.reload({ trigger: 'file' });
  expect(gateway.layoutOf('extra')).toBeDefined();
});

const memory = (rows: object) => ({ stores: { prices: { kind: 'memory', rows } } });
const look = { timeoutMs: 1000 };

test('feature stores and experiments that do not change are the same ones in the next generation', async () => {
  const features = memory({ a: 1 });
  const experiments = { trial: { work: 'home', treatment: { work: 'similar' } } };
  const { gateway, steering, rewrite } = await open({ features, experiments });
  const before = { features: gateway.features, experiments: gateway.experiments };
  rewrite({ works: extra });
  await steering.reload(reload);
  expect(gateway.features).toBe(before.features);
  expect(gateway.experiments).toBe(before.experiments);
});

test('feature stores that change are opened anew, and closed with the last generation that has them', async () => {
  const generations = { ...byHand, keep: 1 };
  const { gateway, steering, rewrite } = await open({ generations, features: memory({ a: 1 }) });
  const former = gateway.features.get('prices')!;
  rewrite({ features: memory({ a: 2 }) });
  await steering.reload(reload);
  const lookUp = async () => [
    ...(await former.mget(['a'], look)),
    ...(await gateway.features.get('prices')!.mget(['a'], look)),
  ];
  expect(await lookUp()).toMatchObject([{ row: 1 }, { row: 2 }]);
  rewrite({ features: memory({ a: 2 }), works: extra });
  await steering.reload(reload);
  expect(await lookUp()).toMatchObject([{ reason: 'unavailable' }, { row: 2 }]);
  rewrite({ features: { stores: {} } });
  await steering.reload(reload);
  expect(gateway.features.status()).toEqual([]);
});

test('a change that fails leaves the stores of the current generation open', async () => {
  const { gateway, steering, rewrite } = await open({ features: memory({ a: 1 }) });
  rewrite({ tables: { staff: { kind: 'set', file: '/nowhere/staff' } } });
  await expect(steering.reload(reload)).rejects.toMatchObject({ code: 'SL_GENERATION_FAILED' });
  expect(await gateway.features.get('prices')!.mget(['a'], look)).toMatchObject([{ row: 1 }]);
});

test('a calibrated share survives a reload that does not touch its experiment', async () => {
  const trial = optionsOf({
    treatment: { work: 'similar' },
    calibration: { minSecondsBetweenChanges: 0 },
  });
  const { gateway, steering, rewrite } = await open({ experiments: { trial } });
  const shares = () => gateway.experiments.status().map(({ name, share }) => `${name} ${share}`);
  gateway.experiments.calibrate('trial', measured({ drift: 0.5, share: 0.1 }));
  expect(shares()).toEqual(['trial 0.25']);
  rewrite({ works: extra });
  await steering.reload(reload);
  expect(shares()).toEqual(['trial 0.25']);
  const other = { work: 'extra', treatment: { work: 'home' }, share: 0.3 };
  rewrite({ works: extra, experiments: { trial, other } });
  await steering.reload(reload);
  expect(shares()).toEqual(['trial 0.25', 'other 0.3']);
  rewrite({ works: extra, experiments: { trial: { ...trial, share: 0.2 } } });
  await steering.reload(reload);
  expect(shares()).toEqual(['trial 0.2']);
});
