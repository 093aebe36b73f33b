import { randomBytes } from 'node:crypto';
import { type Access, createAccess } from '../../src/access/access.ts';
import { accessSchema } from '../../src/access/access-schema.ts';
import { systemClock } from '../../src/domain/clock.ts';
import type { RequestHead } from '../../src/http/env.ts';
import { createKeyGuard } from '../../src/http/key-guard.ts';
import { shared } from '../../src/http/query/shared-demand.ts';
import type { BenchOptions } from './harness/bench.ts';
import { type Spread, spreadOf } from './harness/spread.ts';

const rounds = 21;
const roundCalls = 20_000;

/**
 * CPU microseconds that a request spends on its key: headers, digest, comparison with all keys, limits; and those of a
 * request without a right one. By the number of keys; none is an open gateway.
 */
export async function accessBench({ log }: BenchOptions) {
  const results: Record<number, { admitted: Spread; refused?: Spread }> = {};
  for (const count of [0, 1, 2, 8, 64]) {
    const { access, secret } = openKeys(count);
    const admitted = measure(access, secret);
    results[count] = count === 0 ? { admitted } : { admitted, refused: measure(access, undefined) };
    log(`${count} keys: ${JSON.stringify(results[count])}`);
  }
  return { unit: 'µs', keys: results };
}

function openKeys(count: number): { access: Access; secret: string } {
  const limits = { perSecond: 1e6, burst: 1e6, perDay: 1e12 };
  const names = Array.from({ length: count }, (_, k) => `k${k}`);
  const keys = Object.fromEntries(
    names.map((name) => [name, { secret: name.toUpperCase(), scopes: ['read'], ...limits }]),
  );
  const environment = Object.fromEntries(
    names.map((name) => [name.toUpperCase(), randomBytes(32).toString('base64')]),
  );
  const options = accessSchema.parse({ keys });
  const access = createAccess(options, { environment, clock: systemClock, emit: () => {} });
  return { access, secret: environment.K0 ?? '' };
}

function measure(access: Access, secret: string | undefined): Spread {
  const admit = createKeyGuard(access).admitFor(shared('read'));
  const headers = secret === undefined ? {} : { 'x-api-key': secret };
  const incoming = { headers, socket: { remoteAddress: '10.0.0.7' } };
  const head = { env: { incoming }, req: { method: 'GET', path: '/' } } as unknown as RequestHead;
  const call = () => {
    try {
      admit(head);
    } catch {
      // A refusal is what is measured.
    }
  };
  const micros = Array.from({ length: rounds + 2 }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < roundCalls; i++) call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / roundCalls;
  });
  return spreadOf(micros.slice(2));
}
