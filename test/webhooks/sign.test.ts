import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseSecret, signatureHeaders } from '../../src/webhooks/sign.ts';
import { alert, openTestWebhooks, startMs } from './open-test-webhooks.ts';
import { openReceiver } from './receiver.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const second = `whsec_${Buffer.alloc(64, 7).toString('base64')}`;

test('signs as the test vector of Standard Webhooks does', () => {
  const vector = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', nowMs: 1_614_265_330_000 };
  const body = '{"test": 2432232314}';
  expect(signatureHeaders({ ...vector, body }, [parseSecret(secret, 'secret')])).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each secret signs every attempt with the time of that attempt, the first one first', async () => {
  const receiver = await openReceiver();
  receiver.answer = (response) => response.writeHead(500).end();
  const { webhooks, time, facts } = await openTestWebhooks(
    {
      pager: {
        url: receiver.url,
        secretEnvs: ['NEW_SECRET', 'OLD_SECRET'],
        headersEnv: { authorization: 'TOKEN' },
      },
    },
    { secrets: { NEW_SECRET: second, OLD_SECRET: secret, TOKEN: 'Bearer größe'.normalize() } },
  );
  await webhooks.send([alert({ work: 'größe 👟' })]);
  await time.advance(30);
  await facts.ended(1);
  await time.advance(6);
  await facts.ended(2);
  const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
  expect(ids[1]).toBe(ids[0]);
  receiver.received.forEach(({ headers, text }, attempt) => {
    const seconds = headers['webhook-timestamp'];
    const sentMs = startMs + (attempt === 0 ? 30_000 : 35_000);
    expect(Math.abs(Number(seconds) * 1000 - sentMs)).toBeLessThanOrEqual(1000);
    const sign = (key: string) =>
      `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
        .update(Buffer.from(`${headers['webhook-id']}.${seconds}.${text}`))
        .digest('base64')}`;
    expect(headers['webhook-signature']).toBe(`${sign(second)} ${sign(secret)}`);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'sightline',
    });
  });
  expect(receiver.received[0].headers.authorization).toMatch(/^Bearer /);
});

test('without a secret a message has its id and time, and no signature', async () => {
  const receiver = await openReceiver();
  const { webhooks, time } = await openTestWebhooks({ pager: { url: receiver.url } });
  await webhooks.send([alert({})]);
  await time.advance(30);
  await receiver.count(1);
  const { headers } = receiver.received[0];
  expect(headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(headers['webhook-timestamp']).toBe(String(startMs / 1000 + 30));
  expect(headers['webhook-signature']).toBeUndefined();
});

test('secrets that are missing or wrong stop the start, all named and none shown', async () => {
  const short = `whsec_${Buffer.alloc(23).toString('base64')}`;
  const opening = openTestWebhooks(
    {
      pager: {
        url: 'http://127.0.0.1:1/',
        secretEnvs: ['A', 'B', 'C', 'D'],
        headersEnv: { 'x-token': 'E', 'x-other': 'F' },
      },
    },
    { secrets: { A: secret, B: short, C: 'whsec_not base64', E: 'two\nlines' } },
  );
  await expect(opening).rejects.toMatchObject({
    code: 'SL_CONFIG_INVALID',
    message: expect.not.stringMatching(/not base64|two|AAAA/),
    mistakes: [
      {
        path: 'webhooks.pager.secretEnvs.1',
        message: 'variable B is not such a secret, expected whsec_ and 24 to 64 bytes in base64',
      },
      { path: 'webhooks.pager.secretEnvs.2' },
      { path: 'webhooks.pager.secretEnvs.3', message: expect.stringContaining('not set') },
      {
        path: 'webhooks.pager.headersEnv.x-token',
        message: 'variable E is not such a value, expected the value of a header',
      },
      { path: 'webhooks.pager.headersEnv.x-other', message: expect.stringContaining('not set') },
    ],
  });
});
