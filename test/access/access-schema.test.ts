import { expect, test } from 'vitest';
import { accessSchema } from '../../src/access/access-schema.ts';

const mistakes = (input: unknown) => {
  const result = accessSchema.safeParse(input);
  return result.success ? [] : result.error.issues.map(({ path }) => path.join('.'));
};
const key = { secret: 'WEB_KEY', scopes: ['read'] };

test('without the section everybody may call, and no page of elsewhere', () => {
  expect(accessSchema.parse(undefined)).toEqual({ keys: {} });
});

test('a secret that stands in the configuration itself is refused and not repeated', () => {
  for (const secret of [
    'q83k/Zl0PqXw4n5H3cJ1tTz=',
    'deadbeefdeadbeefdeadbeef',
    '0123456789ABCDEF',
  ]) {
    const result = accessSchema.safeParse({ keys: { web: { ...key, secret } } });
    expect(result.success).toBe(false);
    expect(String(result.error)).not.toContain(secret);
  }
});

test('names, scopes and limits are bounded', () => {
  const wrong: readonly (readonly [string, object])[] = [
    ['keys.Web', { Web: key }],
    ['keys.web.scopes', { web: { ...key, scopes: [] } }],
    ['keys.web.scopes.0', { web: { ...key, scopes: ['root'] } }],
    ['keys.web.perSecond', { web: { ...key, perSecond: 0 } }],
    ['keys.web.perDay', { web: { ...key, perDay: 1.5 } }],
    ['keys.web.burst', { web: { ...key, burst: 5 } }],
    ['keys.web.tenant', { web: { ...key, tenant: 'Acme:1' } }],
    ['keys.web', { web: { ...key, colour: 'red' } }],
  ];
  for (const [path, keys] of wrong) expect(mistakes({ keys })).toEqual([path]);
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, k) => [`k${k}`, key]));
  expect(mistakes({ keys: many })).toEqual(['keys']);
});

test('where one key has a tenant, every key has one or is admin, and admin has none', () => {
  const acme = { ...key, tenant: 'acme' };
  const ops = { secret: 'OPS_KEY', scopes: ['admin'] };
  expect(mistakes({ keys: { acme, ops } })).toEqual([]);
  expect(mistakes({ keys: { acme, web: key } })).toEqual(['keys.web.tenant']);
  expect(mistakes({ keys: { ops: { ...ops, tenant: 'acme' } } })).toEqual(['keys.ops.tenant']);
});

test('pages of named origins may call; * must stand alone and needs keys', () => {
  const cors = (...origins: string[]) => ({ cors: { origins } });
  expect(mistakes(cors('https://shop.example', 'http://localhost:3000'))).toEqual([]);
  expect(mistakes(cors('*'))).toEqual(['cors.origins']);
  expect(mistakes({ keys: { web: key }, ...cors('*') })).toEqual([]);
  expect(mistakes({ keys: { web: key }, ...cors('*', 'https://shop.example') })).toEqual([
    'cors.origins',
  ]);
  for (const origin of ['https://shop.example/', 'shop.example', 'null', 'file://x', 'https://*.x'])
    expect(mistakes(cors(origin))).toEqual(['cors.origins.0']);
});
