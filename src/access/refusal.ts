import { type ErrorCode, SightlineError } from '../domain/errors.ts';
import type { AccessRefusal } from '../telemetry/fact-values.ts';

/** Why somebody is not let in. */
export interface Refusal {
  readonly reason: AccessRefusal;
  readonly message: string;
  /** After which the same request may be let in. */
  readonly seconds?: number;
}

/** No key came. */
export const missing: Refusal = {
  reason: 'missing',
  message: 'key is missing, expected one in X-API-Key or Authorization: Bearer',
};

/** A key came that is none of ours. */
export const unknown: Refusal = {
  reason: 'unknown',
  message: 'key is unknown, expected one that is configured',
};

/** Too many of those came from there; this one was not looked at. */
export const guessing: Refusal = {
  reason: 'guessing',
  message: 'too many calls came with a wrong key',
};

/** No keys are configured, and so nobody has admin. */
export const adminIsOff: Refusal = {
  reason: 'scope',
  message: 'admin is off, expected a key with the scope admin in the configuration',
};

const codes = {
  missing: 'SL_UNAUTHORISED',
  unknown: 'SL_UNAUTHORISED',
  scope: 'SL_FORBIDDEN',
  tenant: 'SL_FORBIDDEN',
  rate: 'SL_RATE_LIMITED',
  guessing: 'SL_RATE_LIMITED',
  quota: 'SL_QUOTA_EXCEEDED',
} as const satisfies Record<AccessRefusal, ErrorCode>;

/** What a caller is told. */
export function errorOf({ reason, message, seconds }: Refusal): SightlineError {
  const path = reason === 'missing' || reason === 'unknown' ? 'x-api-key' : undefined;
  const retryAfterSeconds = seconds === undefined ? undefined : Math.ceil(seconds);
  return new SightlineError(codes[reason], message, { path, retryAfterSeconds });
}
