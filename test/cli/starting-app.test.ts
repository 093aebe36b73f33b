import { expect, test } from 'vitest';
import { createLateApp } from '../../src/cli/starting-app.ts';

const ask = async (app: ReturnType<typeof createLateApp>, path: string) => {
  const answer = await app.fetch(new Request(`http://127.0.0.1${path}`), {});
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
};

test('while starting it lives, is not ready, and asks others to come again', async () => {
  const app = createLateApp();
  expect(await ask(app, '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await ask(app, '/readyz')).toMatchObject({
    status: 503,
    body: { ready: false, reasons: ['starting'] },
  });
  const { status, body, headers } = await ask(app, '/v1/recommend/home');
  expect(status).toBe(503);
  expect(body).toMatchObject({ code: 'SL_STARTING', path: null });
  expect(headers.get('retry-after')).toBe('1');
});

test('afterwards the app that was set answers', async () => {
  const app = createLateApp();
  app.set({ fetch: () => Response.json({ real: true }) });
  expect(await ask(app, '/readyz')).toMatchObject({ status: 200, body: { real: true } });
});
