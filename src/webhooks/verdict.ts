import type { Facts } from '../telemetry/facts.ts';
import type { PostResult } from './post.ts';
import { privateAddressCode } from './public-address.ts';
import { parseRetryAfter } from './retry.ts';

/** What an attempt means for its message and for the endpoint. */
export interface Verdict {
  readonly outcome: Exclude<Facts['webhook.attempted']['outcome'], 'dropped'>;
  /** Whether another attempt may do better. */
  readonly again: boolean;
  /** What the receiver asked to wait, or 0. */
  readonly retryAfterMs: number;
  /** For people: a status or an error code. */
  readonly reason: string;
}

/**
 * Judges an attempt: 2xx is delivered, 410 ends the endpoint, other 4xx but 429 refuse the message for good as with
 * Alertmanager; everything else, redirects included, is tried again, as is an address that is not public, in case
 * the name or the configuration is put right.
 *
 * @example judge({ status: 302, retryAfter: undefined }, 0) // { outcome: 'failed', again: true, ... }
 */
export function judge(result: PostResult, nowMs: number): Verdict {
  if ('failure' in result) {
    const outcome = result.failure === privateAddressCode ? 'refused' : 'failed';
    return { outcome, again: true, retryAfterMs: 0, reason: result.failure };
  }
  const { status, retryAfter } = result;
  const verdict = { again: false, retryAfterMs: 0, reason: String(status) };
  if (status >= 200 && status < 300) return { ...verdict, outcome: 'delivered' };
  if (status === 410) return { ...verdict, outcome: 'disabled' };
  if (status >= 400 && status < 500 && status !== 429) return { ...verdict, outcome: 'refused' };
  const isBusy = status === 429 || status === 503;
  const retryAfterMs = isBusy ? parseRetryAfter(retryAfter, nowMs) : 0;
  return { ...verdict, outcome: 'failed', again: true, retryAfterMs };
}
