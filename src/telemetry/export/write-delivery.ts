import type { Schedule } from '../../domain/schedule.ts';
import type { WritePoster } from './post-write.ts';

/** What deliveries need. */
export interface DeliveryOptions {
  readonly poster: WritePoster;
  readonly schedule: Schedule;
  /** Told why an attempt has failed that is worth another one. */
  readonly onWait: (reason: string) => void;
  /** A random number of [0, 1), which spreads the attempts of many instances. */
  readonly random?: () => number;
}

/** What became of the bodies of a push; `away`: given up, as they were wanted no more or it was the last attempt. */
export type Delivered =
  | { readonly outcome: 'delivered' | 'away' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** Brings bodies to a receiver, with as many attempts as it takes. */
export interface WriteDelivery {
  /** Sends the bodies one after the other, for as long as they are wanted. Never rejects. */
  send(bodies: readonly Uint8Array[], isWanted: () => boolean): Promise<Delivered>;
  /** Makes the attempt now that is waiting for its turn. */
  hurry(): void;
  /** From now on, after an attempt has failed, none is made again. */
  last(): void;
}

const firstWaitMs = 1000;
const longestBackoffMs = 30_000;

/**
 * Makes deliveries. A network error, 429 or 5xx is tried again, after 1 s, 2 s and so on up to 30 s, half of it at
 * random, or what `Retry-After` says. Any other status is final, as the body will not get better; the other bodies go all
 * the same.
 */
export function createWriteDelivery({
  poster,
  schedule,
  onWait,
  random = Math.random,
}: DeliveryOptions): WriteDelivery {
  let isLast = false;
  let hurry = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const cancel = schedule(ms, resolve);
      hurry = () => {
        cancel();
        resolve();
      };
    });
  async function sendOne(body: Uint8Array, isWanted: () => boolean): Promise<Delivered> {
    for (let failures = 0; isWanted(); failures++) {
      const result = await poster.post(body);
      if (result.delivered) return { outcome: 'delivered' };
      if (!result.again) return { outcome: 'refused', reason: result.reason };
      onWait(result.reason);
      if (isLast) break;
      const backoffMs = Math.min(firstWaitMs * 2 ** failures, longestBackoffMs);
      await pause(Math.max(backoffMs * (0.5 + random() / 2), result.retryAfterMs));
    }
    return { outcome: 'away' };
  }

  return {
    async send(bodies, isWanted) {
      let whole: Delivered = { outcome: 'delivered' };
      for (const body of bodies) {
        const one = await sendOne(body, isWanted);
        if (one.outcome === 'away') return one;
        if (whole.outcome === 'delivered') whole = one;
      }
      return whole;
    },
    hurry: () => hurry(),
    last() {
      isLast = true;
      hurry();
    },
  };
}
