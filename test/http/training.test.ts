import { expect, onTestFinished, test, vi } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { call } from './call.ts';
import { openTestGateway, testNowMs } from './open-test-gateway.ts';

const token = 'control-token';

interface Task {
  readonly id: string;
  readonly state: string;
  readonly trigger: string;
  readonly progress: object | null;
  readonly report: {
    readonly outcome: string;
    readonly models: readonly { readonly name: string; readonly version: string }[];
  } | null;
}

interface Shown {
  readonly name: string;
  readonly version: string;
  readonly versions: readonly {
    readonly version: string;
    readonly current: boolean;
    readonly trigger: string | null;
    readonly quality: { readonly ndcg: number; readonly hit_rate: number } | null;
    readonly gate: { readonly verdict: string; readonly basis: string } | null;
  }[];
}

async function openHouse(changes: Parameters<typeof openTestGateway>[0] = {}) {
  const house = await openTestGateway(changes);
  onTestFinished(() => house.close());
  const app = createControlApp(house.gateway, { token });
  const headers = { authorization: `Bearer ${token}` };
  const ask = <Body>(request: string, body?: object) =>
    call<Body & { readonly code?: string }>(app, request, { headers, body });
  const tasks = async () => (await ask<{ tasks: Task[] }>('GET /control/tasks')).body.tasks;
  const ended = async () => {
    await vi.waitFor(
      () =>
        expect(house.gateway.training.tasks().every(({ state }) => state === 'ended')).toBe(true),
      { timeout: 15_000, interval: 20 },
    );
    return tasks();
  };
  const click = (session: string, item = 'A1') =>
    house.gateway.recordFeedback([
      { key: session + item, type: 'click', item, session, atMs: testNowMs - 5000 },
    ]);
  const popular = async () => {
    const { models } = (await ask<{ models: Shown[] }>('GET /control/models')).body;
    return models.find(({ name }) => name === 'popular')!;
  };
  return { ...house, ask, ended, popular, click };
}

test('what is trained on request serves, can be rolled back, and promoted again', async () => {
  const { ask, ended, popular, click, gateway, facts } = await openHouse();
  const first = await popular();
  expect(first.versions).toMatchObject([{ version: first.version, trigger: 'start', gate: null }]);
  const { id } = gateway.generation();
  for (const item of ['A1', 'A2']) await click('new', item);
  const { status, body } = await ask<Task>('POST /control/tasks/train', { models: ['popular'] });
  expect({ status, body }).toMatchObject({ status: 202, body: { trigger: 'manual' } });
  const [task] = await ended();
  expect(task).toMatchObject({ id: body.id, progress: null, report: { outcome: 'published' } });
  const second = await popular();
  expect(second.version).toBe(task.report?.models[0].version);
  expect(gateway.generation().id).not.toBe(id);
  expect(facts('generation.changed').map(({ trigger }) => trigger)).toEqual(['training']);
  expect(second.versions.find(({ current }) => current)).toMatchObject({
    quality: { hit_rate: expect.any(Number) },
    gate: { verdict: 'promote' },
  });
  const back = await ask<{ models: Shown[] }>('POST /control/models/popular/rollback');
  expect(back.status).toBe(200);
  expect((await popular()).version).toBe(first.version);
  expect(gateway.generation().id).toBe(id);
  const { version } = second;
  const again = await ask('POST /control/models/popular/promote', { version });
  expect(again.status).toBe(200);
  expect((await popular()).version).toBe(version);
  expect(facts('model.promoted').map(({ trigger }) => trigger)).toEqual([
    ...['training', 'training', 'training', 'rollback', 'control'],
  ]);
});

test('a run is cancelled, and what served goes on', async () => {
  const { ask, ended, popular } = await openHouse();
  const { version } = await popular();
  const { body } = await ask<Task>('POST /control/tasks/train', {});
  const queued = await ask<Task>('POST /control/tasks/train', { models: ['latest'] });
  expect(queued.body.state).toBe('queued');
  for (const { id } of [queued.body, body])
    expect((await ask(`DELETE /control/tasks/${id}`)).status).toBe(202);
  const all = await ended();
  expect(all.map(({ report }) => report?.outcome)).toEqual(['cancelled', undefined]);
  expect((await popular()).version).toBe(version);
});

test('new feedback sets a run off', async () => {
  const { gateway, ended, click } = await openHouse({ training: { onEvents: 3 } });
  for (const session of ['a', 'b', 'b']) await click(session);
  expect(gateway.training.tasks()).toEqual([]);
  await click('c');
  expect(await ended()).toMatchObject([{ trigger: 'import', report: { outcome: 'published' } }]);
});

test('what does not exist can be neither trained, promoted, rolled back nor cancelled', async () => {
  const { ask } = await openHouse();
  const version = '0123456789ab';
  const asked = await Promise.all([
    ask('POST /control/tasks/train', { models: ['magic'] }),
    ask('DELETE /control/tasks/t1'),
    ask('POST /control/models/magic/promote', { version }),
    ask('POST /control/models/popular/promote', { version }),
    ask('POST /control/models/constructor/rollback'),
    // There is one version alone.
    ask('POST /control/models/popular/rollback'),
  ]);
  for (const { status, body } of asked)
    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'SL_NOT_FOUND' } });
  const strange = await ask('POST /control/models/popular/promote', { version: '../../x' });
  expect(strange.status).toBe(422);
});
