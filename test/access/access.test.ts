import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accessNeedsRestart } from '../../src/access/access.ts';
import { accessSchema } from '../../src/access/access-schema.ts';
import { digestOf } from '../../src/access/read-digests.ts';
import { openAccess, plainKeys, secrets } from './open-access.ts';

const { WEB_KEY, APP_KEY, OPS_KEY } = secrets;
const tenantKeys = {
  acme: { secret: 'WEB_KEY', scopes: ['read', 'write'], tenant: 'acme' },
  bolt: { secret: 'APP_KEY', scopes: ['read'], tenant: 'bolt' },
  ops: { secret: 'OPS_KEY', scopes: ['admin'] },
};
const options = (keys: object, rest: object = {}) => accessSchema.parse({ keys, ...rest });

describe('without keys', () => {
  const { access, ask, refused } = openAccess({});

  test('everybody may read and write, and has no name and no tenant', () => {
    expect(access.isOpen).toBe(true);
    expect(access.tenants).toEqual([]);
    for (const presented of [undefined, '', 'anything'])
      for (const scope of ['read', 'write'] as const) expect(ask(presented, scope)).toBe('');
  });

  test('nobody has admin', () => {
    expect(ask('anything', 'admin')).toMatchObject({ code: 'SL_FORBIDDEN', status: 403 });
    expect(refused).toEqual([{ reason: 'scope', key: '', address: '10.0.0.7' }]);
  });
});

test('a right key is admitted under its name, for the scopes that it has', () => {
  const { ask } = openAccess();
  const asked = [WEB_KEY, APP_KEY, OPS_KEY].map((presented) =>
    (['read', 'write', 'admin'] as const).map((scope) => ask(presented, scope)),
  );
  const forbidden = expect.objectContaining({ code: 'SL_FORBIDDEN', status: 403 });
  expect(asked).toEqual([
    ['web', forbidden, forbidden],
    [forbidden, 'app', forbidden],
    ['ops', 'ops', 'ops'],
  ]);
});

test('no key and a wrong key are told apart, and neither is repeated', () => {
  const { ask, refused } = openAccess();
  const none = ask(undefined);
  const wrong = ask('a-guess-of-somebody');
  for (const error of [none, wrong])
    expect(error).toMatchObject({ code: 'SL_UNAUTHORISED', status: 401, path: 'x-api-key' });
  expect(refused.map(({ reason }) => reason)).toEqual(['missing', 'unknown']);
  expect(String(wrong)).not.toContain('guess');
});

test('nothing but the exact secrets is admitted', () => {
  const { access } = openAccess();
  const all = Object.values(secrets);
  const near = fc.constantFrom(...all).chain((secret) =>
    fc.oneof(
      fc.nat(secret.length - 1).map((length) => secret.slice(0, length)),
      fc.string({ minLength: 1 }).map((more) => secret + more),
      fc.string({ minLength: 1 }).map((more) => more + secret),
      fc.constant(secret.toUpperCase()),
      fc.constant(createHash('sha256').update(secret).digest('hex')),
      fc.constant(createHash('sha256').update(secret).digest('binary')),
      fc.constantFrom(...all).map((other) => `${secret}, ${other}`),
    ),
  );
  const names = fc.constantFrom(...Object.keys(secrets), 'web', 'app', 'ops', 'undefined', '');
  fc.assert(
    fc.property(
      fc.oneof(near, names, fc.string({ unit: 'binary' })),
      fc.ipV4(),
      (text, address) => {
        fc.pre(!(all as string[]).includes(text));
        for (const scope of ['read', 'write', 'admin'] as const) {
          const credentials = { presented: text, address };
          expect(access.knows(credentials, { scope })).toBe(false);
          expect(() => access.admit(credentials, { scope })).toThrow();
        }
      },
    ),
  );
});

test('a very long key is not even hashed', () => {
  const { ask } = openAccess();
  expect(ask('x'.repeat(257))).toMatchObject({ code: 'SL_UNAUTHORISED' });
  const longest = 'x'.repeat(256);
  const { ask: askLong } = openAccess({ web: plainKeys.web }, { WEB_KEY: longest });
  expect(askLong(longest)).toBe('web');
});

test('the digest is SHA-256 of UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(digestOf(text)).toEqual(createHash('sha256').update(text).digest());
    }),
  );
});

test('keys are compared in constant time: digests of equal length, all of them, without an early end', () => {
  const code = readFileSync(join(import.meta.dirname, '../../src/access/access.ts'), 'utf8');
  const find = code.slice(code.indexOf('function find('));
  const body = find.slice(0, find.indexOf('\n}\n'));
  expect(body).toContain('for (const key of keys)');
  expect(body).toContain('timingSafeEqual(digest, key.digest)');
  expect(body.slice(body.indexOf('for ('))).not.toMatch(/break|return .*;\n.*}|===/);
});

test('whether the first or the last of many keys is shown, or none, takes about the same time', () => {
  const keys = Object.fromEntries(
    Array.from({ length: 64 }, (_, k) => [`k${k}`, { secret: `K${k}`, scopes: ['read'] }]),
  );
  const environment = Object.fromEntries(
    Array.from({ length: 64 }, (_, k) => [`K${k}`, `secret-of-number-${k}-of-many`]),
  );
  const { access } = openAccess(keys, environment);
  const demand = { scope: 'read' } as const;
  const shown = [environment.K0, environment.K63, 'secret-of-nobody-0-of-many'];
  const best = shown.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 40; round++) {
    for (const [s, presented] of shown.entries()) {
      const startedAt = performance.now();
      for (let i = 0; i < 200; i++) access.knows({ presented, address: '' }, demand);
      best[s] = Math.min(best[s], performance.now() - startedAt);
    }
  }
  // An early end at the first of 64 keys would make it several times as fast.
  expect(Math.max(...best) / Math.min(...best)).toBeLessThan(2);
});

test('several keys of one holder are good at a time, so that one can take the place of the other', () => {
  const scopes = ['read'];
  const both = { 'web-1': { secret: 'WEB_KEY', scopes }, 'web-2': { secret: 'APP_KEY', scopes } };
  const { access, ask } = openAccess(both);
  expect([ask(WEB_KEY), ask(APP_KEY)]).toEqual(['web-1', 'web-2']);
  access.renew(options({ 'web-2': both['web-2'] }));
  expect(ask(APP_KEY)).toBe('web-2');
  expect(ask(WEB_KEY)).toMatchObject({ code: 'SL_UNAUTHORISED' });
});

describe('tenants', () => {
  test('a caller is of the tenant of its key; who has admin is of none', () => {
    const { access } = openAccess(tenantKeys);
    const tenantOf = (presented: string) =>
      access.admit({ presented, address: '' }, { scope: 'read' }).tenant;
    expect([WEB_KEY, APP_KEY, OPS_KEY].map(tenantOf)).toEqual(['acme', 'bolt', undefined]);
    expect(access.tenants).toEqual(['acme', 'bolt']);
  });

  test('a route that knows no tenants is closed to them', () => {
    const { ask, refused } = openAccess(tenantKeys);
    const demand = { scope: 'read', isShared: true } as const;
    expect(ask(WEB_KEY, demand)).toMatchObject({
      code: 'SL_FORBIDDEN',
      message: expect.stringContaining('/api'),
    });
    expect(ask(OPS_KEY, demand)).toBe('ops');
    expect(refused).toEqual([{ reason: 'tenant', key: 'acme', address: '10.0.0.7' }]);
  });
});

describe('limits', () => {
  const limited = { web: { ...plainKeys.web, perSecond: 2, burst: 3 }, ops: plainKeys.ops };

  test('a key that asks too often waits, and others do not', () => {
    const { ask, now, refused } = openAccess(limited);
    for (let i = 0; i < 3; i++) expect(ask(WEB_KEY)).toBe('web');
    expect(ask(WEB_KEY)).toMatchObject({
      code: 'SL_RATE_LIMITED',
      status: 429,
      retryAfterSeconds: 1,
    });
    expect(ask(OPS_KEY)).toBe('ops');
    expect(refused).toEqual([{ reason: 'rate', key: 'web', address: '10.0.0.7' }]);
    now.ms += 500;
    expect(ask(WEB_KEY)).toBe('web');
  });

  test('without burst twice as many as a second may come at once', () => {
    const { ask } = openAccess({ web: { ...plainKeys.web, perSecond: 3 } });
    const names = Array.from({ length: 7 }, () => ask(WEB_KEY));
    expect(names.filter((name) => name === 'web')).toHaveLength(6);
  });

  test('a quota is for one day of UTC', () => {
    const { ask, now, refused } = openAccess({ web: { ...plainKeys.web, perDay: 2 } });
    const quotaOf = () => [ask(WEB_KEY), ask(WEB_KEY), ask(WEB_KEY)];
    const exceeded = expect.objectContaining({
      code: 'SL_QUOTA_EXCEEDED',
      status: 429,
      retryAfterSeconds: 12 * 3600,
    });
    expect(quotaOf()).toEqual(['web', 'web', exceeded]);
    now.ms = Date.UTC(2026, 1, 1) - 1;
    expect(ask(WEB_KEY)).toMatchObject({ code: 'SL_QUOTA_EXCEEDED', retryAfterSeconds: 1 });
    now.ms += 1;
    expect(ask(WEB_KEY)).toBe('web');
    expect(refused.map(({ reason }) => reason)).toEqual(['quota', 'quota']);
  });

  test('what is refused for another reason counts for no limit', () => {
    const { access, ask } = openAccess({ web: { ...plainKeys.web, perDay: 1 } });
    ask(WEB_KEY, 'write');
    ask(undefined);
    for (let i = 0; i < 5; i++)
      access.knows({ presented: WEB_KEY, address: '' }, { scope: 'read' });
    expect(ask(WEB_KEY)).toBe('web');
    expect(ask(WEB_KEY)).toMatchObject({ code: 'SL_QUOTA_EXCEEDED' });
  });
});

describe('guessing', () => {
  const guess = (ask: ReturnType<typeof openAccess>['ask'], address: string, times: number) =>
    Array.from({ length: times }, (_, i) => ask(`guess-number-${i}`, 'read', address));

  test('is slowed: after ten wrong keys one each five seconds is looked at, a right one no sooner', () => {
    const { ask, now, refused } = openAccess();
    guess(ask, '10.0.0.9', 10);
    expect(refused.every(({ reason }) => reason === 'unknown')).toBe(true);
    expect(ask(WEB_KEY, 'read', '10.0.0.9')).toMatchObject({
      code: 'SL_RATE_LIMITED',
      retryAfterSeconds: 5,
    });
    expect(refused.at(-1)).toEqual({ reason: 'guessing', key: '', address: '10.0.0.9' });
    now.ms += 5000;
    expect(ask(WEB_KEY, 'read', '10.0.0.9')).toBe('web');
  });

  test('of one address shuts no other out, nor one that showed a right key before', () => {
    const { ask, now } = openAccess();
    expect(ask(WEB_KEY, 'read', '10.0.0.9')).toBe('web');
    guess(ask, '10.0.0.9', 50);
    expect(ask(WEB_KEY, 'read', '10.0.0.9')).toBe('web');
    guess(ask, '10.0.0.10', 50);
    expect(ask(WEB_KEY, 'read', '10.0.0.11')).toBe('web');
    now.ms += 600_000;
    guess(ask, '10.0.0.9', 50);
    expect(ask(WEB_KEY, 'read', '10.0.0.9')).toMatchObject({ code: 'SL_RATE_LIMITED' });
  });

  test('a missing key is no guess', () => {
    const { ask } = openAccess();
    for (let i = 0; i < 50; i++) ask(undefined);
    expect(ask(WEB_KEY)).toBe('web');
  });
});

describe('renewal', () => {
  test('keeps what a key has spent where its limits stay, and begins anew where they change', () => {
    const web = { ...plainKeys.web, perDay: 2 };
    const { access, ask } = openAccess({ web });
    ask(WEB_KEY);
    access.renew(options({ web: { ...web, scopes: ['read', 'write'] }, app: plainKeys.app }));
    expect(ask(WEB_KEY, 'write')).toBe('web');
    expect(ask(WEB_KEY)).toMatchObject({ code: 'SL_QUOTA_EXCEEDED' });
    access.renew(options({ web: { ...web, perDay: 1 } }));
    expect(ask(WEB_KEY)).toBe('web');
  });

  test('that has a mistake changes nothing', () => {
    const { access, ask } = openAccess();
    const absent = { web: { secret: 'ABSENT', scopes: ['read'] } };
    expect(() => access.renew(options(absent))).toThrow('ABSENT is not set');
    expect(ask(WEB_KEY)).toBe('web');
  });

  test('neither opens what was closed nor closes what was open', () => {
    const closed = openAccess();
    closed.access.renew(options({}));
    expect(closed.access.isOpen).toBe(false);
    expect(closed.ask(undefined)).toMatchObject({ code: 'SL_UNAUTHORISED' });
    expect(closed.ask(WEB_KEY)).toBe('web');
    const open = openAccess({});
    open.access.renew(options(plainKeys));
    expect(open.ask(undefined)).toBe('');
    const cors = { cors: { origins: ['https://shop.example'] } };
    expect(accessNeedsRestart(options({}), options(plainKeys))).toBe(true);
    expect(accessNeedsRestart(options(plainKeys), options(plainKeys, cors))).toBe(true);
    expect(accessNeedsRestart(options(plainKeys), options({ web: plainKeys.web }))).toBe(false);
  });
});

describe('secrets', () => {
  const open = (environment: Readonly<Record<string, string>>) => () =>
    openAccess(plainKeys, environment);

  test('that are missing, short, odd or there twice are told all at once, without their values', () => {
    const short = 'fifteen-letters';
    let thrown: unknown;
    try {
      open({ WEB_KEY: short, OPS_KEY: 'two words of a secret' })();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'SL_CONFIG_INVALID',
      mistakes: [
        { path: 'access.keys.web.secret', message: expect.stringContaining('WEB_KEY') },
        { path: 'access.keys.app.secret', message: expect.stringContaining('APP_KEY is not set') },
        { path: 'access.keys.ops.secret', message: expect.stringContaining('OPS_KEY') },
      ],
    });
    expect(JSON.stringify(thrown) + String(thrown)).not.toMatch(/fifteen|two words/);
    expect(open({ ...secrets, OPS_KEY: WEB_KEY })).toThrow('holds the secret of key web');
  });

  test('of 16 characters will do, and blanks around them do not count', () => {
    const { ask } = openAccess({ web: plainKeys.web }, { WEB_KEY: `  ${'k'.repeat(16)}\n` });
    expect(ask('k'.repeat(16))).toBe('web');
  });
});
