import { SightlineError } from '../../domain/errors.ts';
import { type FeatureLookup, maxWaveKeys } from './feature-store.ts';

/** The key is not there. */
export const absentLookup: FeatureLookup = { state: 'absent' };

/** The answer was not there in time. */
export const lateLookup: FeatureLookup = { state: 'failed', reason: 'timeout' };

/** Something is wrong with this key, this value or this store. */
export const errorLookup = (cause: SightlineError): FeatureLookup => ({
  state: 'failed',
  reason: 'error',
  cause,
});

/** The key stands behind the last one that a wave may have. */
export const excessLookup = errorLookup(
  new SightlineError('SL_REQUEST_INVALID', `wave has more keys than expected, ${maxWaveKeys}`),
);

/** The store is not asked as its last waves failed. */
export const brokenLookup: FeatureLookup = { state: 'failed', reason: 'breaker_open' };

/** The store has as many waves as it may have. */
export const fullLookup: FeatureLookup = { state: 'failed', reason: 'bulkhead_full' };

/** The store cannot be asked; `why` completes "feature store NAME". */
export const unavailableLookup = (store: string, why: string): FeatureLookup => ({
  state: 'failed',
  reason: 'unavailable',
  cause: new SightlineError('SL_STORE_UNAVAILABLE', `feature store ${store} ${why}`),
});
