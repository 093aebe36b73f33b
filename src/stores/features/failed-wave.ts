import { SightlineError } from '../../domain/errors.ts';
import type { FeatureLookup, ReadLimits } from './feature-store.ts';

/** Whether a store answered none of the keys of a wave; a value that cannot be decoded was answered. */
export function isFailedWave(found: readonly FeatureLookup[]): boolean {
  return found.every(
    (lookup) =>
      lookup.state === 'failed' &&
      !(lookup.cause instanceof SightlineError && lookup.cause.code === 'SL_DATA_INVALID'),
  );
}

/**
 * Whether a failed wave speaks against its store. One that came late does not where its caller gave up, or gave it less
 * than the time the store may take: else callers in a hurry would close a healthy store to all others.
 */
export function speaksAgainst(
  found: readonly FeatureLookup[],
  { timeoutMs, signal }: ReadLimits,
  wholeMs: number,
): boolean {
  const isLate = found.some((lookup) => lookup.state === 'failed' && lookup.reason === 'timeout');
  return !isLate || (timeoutMs >= wholeMs && !signal?.aborted);
}
