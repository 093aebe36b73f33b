import { type Access, createAccess, type Demand } from '../../src/access/access.ts';
import { accessSchema } from '../../src/access/access-schema.ts';
import type { SightlineError } from '../../src/domain/errors.ts';
import type { Facts } from '../../src/telemetry/facts.ts';

/** Secrets of the tests by their variables. */
export const secrets = {
  WEB_KEY: 'web-secret-0123456789',
  APP_KEY: 'app-secret-0123456789',
  OPS_KEY: 'ops-secret-0123456789',
} as const;

/** A key that may read, one that may write, one that may do all. */
export const plainKeys = {
  web: { secret: 'WEB_KEY', scopes: ['read'] },
  app: { secret: 'APP_KEY', scopes: ['write'] },
  ops: { secret: 'OPS_KEY', scopes: ['admin'] },
} as const;

/** Opens access at noon of 2026-01-31 on a clock that stands still. */
export function openAccess(
  keys: object = plainKeys,
  environment: Readonly<Record<string, string>> = secrets,
) {
  const now = { ms: Date.UTC(2026, 0, 31, 12) };
  const clock = { now: () => now.ms, monotonic: () => now.ms };
  const refused: Facts['access.refused'][] = [];
  const access = createAccess(accessSchema.parse({ keys }), {
    environment,
    clock,
    emit: (_, fact) => void refused.push(fact as Facts['access.refused']),
  });
  return { access, now, refused, ask: asker(access) };
}

/** Asks, and answers the name of the key, or the error. */
const asker =
  (access: Access) =>
  (
    presented: string | undefined,
    demand: Demand['scope'] | Demand = 'read',
    address = '10.0.0.7',
  ): string | SightlineError => {
    try {
      const wanted = typeof demand === 'string' ? { scope: demand } : demand;
      return access.admit({ presented, address }, wanted).name;
    } catch (error) {
      return error as SightlineError;
    }
  };
