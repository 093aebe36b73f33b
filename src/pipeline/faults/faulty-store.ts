import type { Store } from '../../stores/store.ts';
import type { Strike } from './fault-play.ts';

/** What happens to one read. */
export interface ReadStrikes {
  readonly slow: Strike<'slow-store'> | undefined;
  readonly failing: Strike<'failing-store'> | undefined;
  readonly missing: Strike<'missing-features'> | undefined;
}

/** A store whose reads are struck: late, refused or empty. What is late is really waited for. */
export function faultyStore(
  store: Store,
  { slow, failing, missing }: ReadStrikes,
  sleep: (ms: number) => Promise<unknown>,
): Store {
  return {
    ...store,
    async mget(table, keys) {
      if (slow !== undefined) await sleep(slow.fault.delayMs * slow.strength);
      if (failing !== undefined) {
        const cause = new Error(`fault ${failing.fault.name} is in place`);
        return keys.map(() => ({ state: 'failed', reason: 'unavailable', cause }));
      }
      if (missing !== undefined) return keys.map(() => ({ state: 'absent' }));
      return store.mget(table, keys);
    },
  };
}
