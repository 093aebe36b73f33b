import { expect, test } from 'vitest';
import { webhooksSchema } from '../../src/webhooks/webhooks-schema.ts';

const url = 'https://hooks.example/t/1?key=2';

test('an endpoint needs a URL and nothing else', () => {
  expect(webhooksSchema.parse({ pager: { url } })).toEqual({
    pager: {
      url,
      kind: 'webhook',
      secretEnvs: [],
      headersEnv: {},
      timeoutSeconds: 15,
      allowPrivate: false,
      groupBy: ['alertname', 'strategy', 'segment'],
      groupWaitSeconds: 5,
      groupIntervalSeconds: 300,
      repeatIntervalSeconds: 14_400,
      maxAlerts: 0,
      maxQueued: 1000,
      sendResolved: true,
    },
  });
  expect(webhooksSchema.parse(undefined)).toEqual({});
});

test.each([
  ['no URL', { url: 'hooks' }, 'pager.url', 'must be an http or https URL'],
  ['a file', { url: 'file:///etc/passwd' }, 'pager.url', 'must be an http or https URL'],
  [
    'a password in the URL',
    { url: 'https://user:secret@hooks.example/' },
    'pager.url',
    'must not hold a password, use headersEnv',
  ],
  [
    'a header of the message',
    { url, headersEnv: { 'Webhook-Id': 'ID' } },
    'pager.headersEnv.Webhook-Id',
    'is set by the sender itself',
  ],
  [
    'a secret in the file',
    { url, secretEnvs: ['whsec_abc='] },
    'pager.secretEnvs.0',
    'must be the name of an environment variable',
  ],
  ['no repeat', { url, repeatIntervalSeconds: 0 }, 'pager.repeatIntervalSeconds', /./],
  ['an unknown field', { url, retries: 3 }, 'pager', /retries/],
])('refuses %s', (_, endpoint, path, message) => {
  const issues = webhooksSchema.safeParse({ pager: endpoint }).error!.issues;
  const found = issues.flatMap((issue) =>
    issue.code === 'invalid_key'
      ? issue.issues.map((inner) => ({ path: issue.path.join('.'), message: inner.message }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  expect(found).toContainEqual({
    path,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
  expect(JSON.stringify(issues)).not.toMatch(/user:secret|whsec_abc/);
});

test('refuses more endpoints than sixteen', () => {
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`e${n}`, { url }]));
  expect(webhooksSchema.safeParse(many).success).toBe(false);
});
