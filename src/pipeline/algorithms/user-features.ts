import type { User } from '../../domain/user.ts';
import { get, type Lookup, type Store } from '../../stores/store.ts';
import type { FeatureFetcher, RequestContext } from '../algorithm.ts';

/** A read that did not come back with an answer. */
export class FailedReadError extends Error {
  readonly reason: 'timeout.stage' | 'dependency.unavailable' | 'dependency.error';

  constructor(store: string, reason: 'timeout' | 'unavailable' | 'error', cause: unknown) {
    super(`read of users from store ${store} failed: ${reason}`, { cause });
    this.reason =
      reason === 'timeout'
        ? 'timeout.stage'
        : reason === 'unavailable'
          ? 'dependency.unavailable'
          : 'dependency.error';
  }
}

/** Reads the row of a user for a request. */
export type ReadUser = (context: RequestContext, id: string) => Promise<Lookup<User>>;

/** Reads from a store, whatever the request. */
export function readFrom(store: Store): ReadUser {
  return (_context, id) => get(store, 'users', id);
}

/** Reads the user's row from store `name`; its segment counts where the request names none. */
export function userFeatures(
  read: ReadUser,
  { name, segments }: { name: string; segments: ReadonlySet<string> },
): FeatureFetcher {
  return {
    name: 'user',
    fetch(context) {
      const { user } = context.request;
      if (user === undefined) return undefined;
      return read(context, user).then((found) => {
        context.user = found;
        if (found.state === 'failed') throw new FailedReadError(name, found.reason, found.cause);
        if (found.state === 'absent' || context.intent.segment !== 'default') return;
        const { segment } = found.row;
        if (segment !== undefined && segments.has(segment))
          context.intent = { ...context.intent, segment };
      });
    },
  };
}
