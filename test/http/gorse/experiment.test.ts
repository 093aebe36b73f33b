import { expect, test } from 'vitest';
import { createControlApp } from '../../../src/http/control/app.ts';
import { movableClock, newest, openListShop } from './list-shop.ts';
import type { GorseShop } from './open-gorse-gateway.ts';

const popular = {
  surface: 'user',
  strategy: 'popular',
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'popular' }] },
    { stage: 'score', use: [{ algorithm: 'popular', weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden', 'seen'] },
  ],
};

const users = Array.from({ length: 40 }, (_, k) => `u${k}`);

const recommend = async (shop: GorseShop, user: string, more = '') =>
  (await shop.call('GET', `/api/recommend/${user}?n=4${more}`)).json as string[];

/** The variants that the records of the requests so far name. */
const variants = ({ house }: GorseShop) => house.finished.map(({ variant }) => variant);

test('an experiment on the work behind /api/recommend is measured by what clients of Gorse send', async () => {
  const clock = movableClock();
  await using shop = await openListShop(
    { recommend: 'home' },
    {
      works: { home: newest('user'), other: popular, session: newest('session') },
      experiments: { trial: { work: 'home', share: 0.5, treatment: { work: 'other' } } },
      training: { data: { positive: ['star'], read: ['read'] } },
      events: true,
      // A request is judged as soon as the next ones come.
      signals: { requests: { maxRequests: 1 } },
    },
    clock,
  );
  await shop.call('POST', '/api/users', { body: users.map((UserId) => ({ UserId })) });
  for (const user of users) {
    const [first] = await recommend(shop, user, '&write-back-type=read');
    await shop.gateway.telemetry.flush();
    clock.passMs(1000);
    const star = { FeedbackType: 'star', UserId: user, ItemId: first, Value: 1 };
    await shop.call('POST', '/api/feedback', {
      body: [{ ...star, Timestamp: new Date(clock.now()).toISOString() }],
    });
  }
  const asked = variants(shop).filter((variant) => variant !== undefined);
  expect(new Set(asked)).toEqual(new Set(['trial/control', 'trial/treatment']));
  for (const user of users) await recommend(shop, user);
  expect(variants(shop).filter((variant) => variant !== undefined)).toEqual([...asked, ...asked]);
  await shop.gateway.telemetry.flush();
  await shop.gateway.watch!.refresh();
  const measured = Object.fromEntries(
    shop.house.facts('arm.measured').map(({ variant, positiveRatio }) => [variant, positiveRatio]),
  );
  // Of four that were written back as read one got a star.
  expect(measured).toEqual({ control: 0.25, treatment: 0.25 });
  const { chunks } = await shop.gateway.telemetry.expose('');
  const series = Buffer.concat(chunks).toString().split('\n');
  for (const variant of ['control', 'treatment'])
    expect(series).toContain(
      `sightline_experiment_positive_feedback_ratio{experiment="trial",variant="${variant}"} 0.25`,
    );
});

test('a model that is rolled back changes what is recommended at once, kept lists too', async () => {
  await using shop = await openListShop(
    { recommend: 'home' },
    { works: { home: popular, session: newest('session') } },
  );
  const control = createControlApp(shop.gateway, { token: 'control-token' });
  const headers = { authorization: 'Bearer control-token', 'content-type': 'application/json' };
  const before = await recommend(shop, 'bob');
  expect(await recommend(shop, 'bob')).toEqual(before);
  const body = users
    .map((UserId) => ({ FeedbackType: 'click', UserId, ItemId: 'A33' }))
    .map((row) => ({ ...row, Timestamp: '2026-01-31T08:00:00Z' }));
  await shop.call('POST', '/api/feedback', { body });
  shop.gateway.training.train({ trigger: 'manual', models: ['popular'], force: true });
  await shop.settle();
  expect((await recommend(shop, 'bob'))[0]).toBe('A33');
  const { status } = await control.request('/control/models/popular/rollback', {
    method: 'POST',
    headers,
  });
  expect(status).toBe(200);
  expect(await recommend(shop, 'bob')).toEqual(before);
  const results = shop.house.facts('list.asked').map(({ result }) => result);
  expect(results).toEqual(['miss', 'hit', 'stale', 'stale']);
});
