import type { Clock } from '../domain/clock.ts';
import { createTokenBucket } from '../domain/token-bucket.ts';
import type { KeyOptions } from './access-schema.ts';

const dayMs = 86_400_000;

/** Why a request is too much, and how many seconds later one is not. */
export interface Excess {
  readonly reason: 'rate' | 'quota';
  readonly seconds: number;
}

/** What the holder of a key may still ask. */
export interface Allowance {
  /** Counts a request; where it is too much, counts nothing and says why. */
  spend(): Excess | undefined;
}

/** Makes the allowance of a key: a token bucket, and a count that begins anew with each day of UTC. O(1) a request. */
export function createAllowance(
  { perSecond, burst, perDay }: Pick<KeyOptions, 'perSecond' | 'burst' | 'perDay'>,
  clock: Clock,
): Allowance {
  const bucket =
    perSecond === undefined
      ? undefined
      : createTokenBucket({ perSecond, burst: burst ?? Math.max(1, 2 * perSecond), clock });
  let day = 0;
  let spent = 0;
  const secondsOfDay = (limit: number) => {
    const now = clock.now();
    const today = Math.floor(now / dayMs);
    if (today !== day) {
      day = today;
      spent = 0;
    }
    return spent < limit ? 0 : ((today + 1) * dayMs - now) / 1000;
  };
  return {
    spend() {
      if (bucket !== undefined) {
        const seconds = bucket.secondsLeft();
        if (seconds > 0) return { reason: 'rate', seconds };
      }
      if (perDay !== undefined) {
        const seconds = secondsOfDay(perDay);
        if (seconds > 0) return { reason: 'quota', seconds };
        spent += 1;
      }
      bucket?.take();
      return undefined;
    },
  };
}
