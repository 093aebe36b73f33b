import { writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { tableSource } from '../stores/tables/table-folder.ts';
import { call } from './call.ts';
import { openTestGateway } from './open-test-gateway.ts';

const token = 'control-token';

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly trigger: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly comparison: object | null;
}

/** A gateway with one table, and how to steer it. */
async function openHouse(changes: Parameters<typeof openTestGateway>[0] = {}) {
  const staff = tableSource('set', 'A1\n');
  const house = await openTestGateway({ tables: { staff }, ...changes });
  onTestFinished(() => house.close());
  const app = createControlApp(house.gateway, { token });
  const queries = createQueryApp(house.gateway);
  const headers = { authorization: `Bearer ${token}` };
  const post = (path: string, body?: object) =>
    call<Record<string, unknown>>(app, `POST /control/${path}`, { headers, body });
  const list = async () =>
    (await call<{ generations: Shown[] }>(app, 'GET /control/generations')).body.generations;
  const states = async () => (await list()).map(({ id, state }) => `${id} ${state}`);
  const ask = () =>
    call<{ generation: string }>(queries, 'POST /v1/recommend/home', { body: { n: 3 } });
  const write = (content: string) => writeFileSync(staff.file, content);
  return { ...house, post, list, states, ask, write };
}

test('a reload without a change leaves everything as it is', async () => {
  const { post, states, gateway } = await openHouse();
  const { id } = gateway.generation();
  expect((await post('reload', {})).body).toEqual({
    ...{ outcome: 'unchanged', generation: id, reasons: [], comparison: null },
    needs_restart: [],
  });
  expect(await states()).toEqual([`${id} current`]);
});

test('a changed table is published in a generation that answers from the next request on', async () => {
  const { post, list, ask, write } = await openHouse();
  const before = (await ask()).body.generation;
  write('A1\nA2\n');
  const { body } = await post('reload', {});
  expect(body).toMatchObject({
    outcome: 'published',
    comparison: { requests: 1, overlap: 1, degraded: { before: 0, after: 0 } },
  });
  expect((await ask()).body.generation).toBe(body.generation);
  const [current, kept] = await list();
  expect(current).toMatchObject({ id: body.generation, state: 'current', trigger: 'control' });
  expect(kept).toMatchObject({ id: before, state: 'kept', trigger: 'start' });
  expect(current.versions['table staff']).not.toBe(kept.versions['table staff']);
});

test('a former generation can be rolled back to, and a change that leads to it again finds it', async () => {
  const { post, states, ask, write, gateway } = await openHouse();
  const first = gateway.generation().id;
  write('A1\nA2\n');
  const second = (await post('reload', {})).body.generation;
  expect((await post(`generations/${first}/rollback`)).status).toBe(200);
  expect((await ask()).body.generation).toBe(first);
  expect(await states()).toEqual([`${first} current`, `${second} kept`]);
  expect((await post('reload', {})).body).toMatchObject({
    outcome: 'published',
    generation: second,
  });
  expect(await states()).toEqual([`${second} current`, `${first} kept`]);
});

test('a generation that shall wait serves when it is promoted', async () => {
  const { post, states, ask, write, gateway } = await openHouse();
  const first = gateway.generation().id;
  write('A2\n');
  const { body } = await post('reload', { hold: true });
  expect(body).toMatchObject({ outcome: 'held', reasons: ['it shall wait'] });
  expect(await states()).toEqual([`${first} current`, `${body.generation} staged`]);
  expect((await ask()).body.generation).toBe(first);
  await post(`generations/${body.generation}/promote`);
  expect((await ask()).body.generation).toBe(body.generation);
});

test('a table that cannot be read fails the change by name, and the one before goes on serving', async () => {
  const { post, ask, write, gateway, facts } = await openHouse();
  const { id } = gateway.generation();
  write('A1\nA2');
  expect(await post('tables/staff/update')).toMatchObject({
    status: 422,
    body: {
      code: 'SL_GENERATION_FAILED',
      message: expect.stringContaining('is cut'),
    },
  });
  expect((await ask()).body.generation).toBe(id);
  expect(facts('generation.failed')).toMatchObject([{ trigger: 'control', phase: 'load' }]);
  expect(facts('generation.changed')).toMatchObject([{ trigger: 'control', outcome: 'failed' }]);
  write('A1\nA2\n');
  expect((await post('tables/staff/update')).body).toMatchObject({ outcome: 'published' });
});

test('names that are not there are refused with those that are', async () => {
  const { post, gateway } = await openHouse();
  const { id } = gateway.generation();
  expect(await post('generations/nobody/rollback')).toMatchObject({
    status: 404,
    body: { message: `generation is nobody, expected one of ${id}` },
  });
  expect(await post('tables/guests/update')).toMatchObject({
    status: 404,
    body: { message: 'table is guests, expected one of staff' },
  });
});

test('changes follow each other, each on top of the one before', async () => {
  const { post, list, write } = await openHouse();
  write('A2\n');
  const all = await Promise.all([post('reload', {}), post('reload', {}), post('reload', {})]);
  expect(all.map(({ body }) => body.outcome)).toEqual(['published', 'unchanged', 'unchanged']);
  expect(await list()).toHaveLength(2);
});
