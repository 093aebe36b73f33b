import { get, type Store } from '../../stores/store.ts';
import type { FeatureFetcher } from '../algorithm.ts';

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

/** Reads the user's row; its segment counts where the request names none. */
export function userFeatures(store: Store, segments: ReadonlySet<string>): FeatureFetcher {
  return {
    name: 'user',
    fetch(context) {
      const { user } = context.request;
      if (user === undefined) return undefined;
      return get(store, 'users', user).then((found) => {
        context.user = found;
        if (found.state === 'failed')
          throw new FailedReadError(store.name, found.reason, found.cause);
        if (found.state === 'absent' || context.intent.segment !== 'default') return;
        const { segment } = found.row;
        if (segment !== undefined && segments.has(segment))
          context.intent = { ...context.intent, segment };
      });
    },
  };
}
