import { type Scope, scopes } from '../../access/access-schema.ts';
import type { RequestHead } from '../env.ts';
import type { KeyGuard } from '../key-guard.ts';
import type { Admit, Caller } from './gorse-route.ts';
import { namespaceOf } from './namespace.ts';

/** Makes what lets callers of the Gorse API in, each into the ids of its tenant. */
export function createAdmit(guard: KeyGuard): Admit {
  const admits = Object.fromEntries(
    scopes.map((scope) => [scope, guard.admitFor({ scope })]),
  ) as Readonly<Record<Scope, ReturnType<KeyGuard['admitFor']>>>;
  // As many as there are tenants in the configuration.
  const callers = {
    readers: new Map<string | undefined, Caller>(),
    writers: new Map<string | undefined, Caller>(),
  };
  return (c: RequestHead, scope) => {
    const { tenant, scopes: own } = admits[scope](c);
    const mayWrite = own.has('write');
    const known = mayWrite ? callers.writers : callers.readers;
    const caller = known.get(tenant) ?? { namespace: namespaceOf(tenant), mayWrite };
    known.set(tenant, caller);
    return caller;
  };
}
