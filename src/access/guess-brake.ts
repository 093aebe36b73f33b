import type { Clock } from '../domain/clock.ts';
import { createTokenBucket, type TokenBucket } from '../domain/token-bucket.ts';

/** Wrong keys of one network: a client with an old one is told so, guessing is slow. */
const wrongKeys = { burst: 10, perSecond: 0.2 } as const;
/** Networks and addresses kept; the oldest leave. */
const maxKept = 4096;
const trustMs = 600_000;

/** Slows who guesses keys. */
export interface GuessBrake {
  /** Seconds until a key from this address is looked at again, 0 where it is. */
  secondsLeft(address: string): number;
  /** A wrong key came. */
  failed(address: string): void;
  /** A right key came. */
  succeeded(address: string): void;
}

/**
 * Makes the brake. Each network (an IPv4 address, or 64 bits of IPv6) has ten wrong keys at once and one each five
 * seconds. An address that has shown a right key within ten minutes is not slowed: behind a proxy all callers have one
 * address, and one that has an old key must not shut the others out. O(1) in time; 4,096 networks and addresses at most.
 */
export function createGuessBrake(clock: Clock): GuessBrake {
  const failures = new Map<string, TokenBucket>();
  const trusted = new Map<string, number>();
  return {
    secondsLeft(address) {
      if (failures.size === 0) return 0;
      const bucket = failures.get(networkOf(address));
      if (bucket === undefined || (trusted.get(address) ?? 0) > clock.monotonic()) return 0;
      return bucket.secondsLeft();
    },
    failed(address) {
      const network = networkOf(address);
      const bucket = failures.get(network) ?? createTokenBucket({ ...wrongKeys, clock });
      bucket.take();
      keep(failures, network, bucket);
    },
    succeeded(address) {
      const until = clock.monotonic() + trustMs;
      const known = trusted.get(address);
      // Written once in a while: every request comes by here.
      if (known === undefined || until - known > trustMs / 10) keep(trusted, address, until);
    },
  };
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > maxKept) map.delete(map.keys().next().value!);
}

/**
 * What one caller has of addresses: all of IPv4, the first half of IPv6.
 *
 * @example networkOf('2001:db8::1') // '2001:db8:0:0'
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head, tail = ''] = address.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
