import { type ConfigChanges, openTestGateway, type TestGateway } from './open-test-gateway.ts';

/** Secrets of the test shop by their variables. */
export const keySecrets = {
  READ_KEY: 'reading-secret-0123456789+/=',
  WRITE_KEY: 'writing-secret-0123456789',
  OPS_KEY: 'operating-secret-0123456789',
  SLOW_KEY: 'slow-secret-0123456789',
  DAILY_KEY: 'daily-secret-0123456789',
  ACME_KEY: 'acme-secret-0123456789',
} as const;

/** Keys with one scope each, and two of one request. */
export const testKeys = {
  reader: { secret: 'READ_KEY', scopes: ['read'] },
  writer: { secret: 'WRITE_KEY', scopes: ['write'] },
  ops: { secret: 'OPS_KEY', scopes: ['admin'] },
  slow: { secret: 'SLOW_KEY', scopes: ['admin'], perSecond: 0.001, burst: 1 },
  daily: { secret: 'DAILY_KEY', scopes: ['admin'], perDay: 1 },
} as const;

/** The test shop, with keys before its query listener. */
export const openKeyedGateway = (
  changes: ConfigChanges = {},
  options: { readonly fromFile?: boolean } = {},
): Promise<TestGateway> =>
  openTestGateway(
    { access: { keys: testKeys }, ...changes },
    { ...options, environment: keySecrets },
  );

/** The headers that show a key. */
export const showing = (key: string) => ({ headers: { 'x-api-key': key } });
