import { createHmac } from 'node:crypto';
import { SightlineError } from '../domain/errors.ts';

/** What is signed. */
export interface Signable {
  readonly id: string;
  /** Epoch milliseconds of the attempt. */
  readonly nowMs: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0: id, Unix seconds, and HMAC-SHA256 of `id.seconds.body` in base64, one for
 * each key in their order. Without keys there is no signature.
 *
 * @example signatureHeaders({ id: 'msg_1', nowMs: 1000, body: '{}' }, [])
 * // { 'webhook-id': 'msg_1', 'webhook-timestamp': '1' }
 */
export function signatureHeaders(
  { id, nowMs, body }: Signable,
  keys: readonly Buffer[],
): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(nowMs / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': seconds };
  if (keys.length === 0) return headers;
  const signatures = keys.map((key) => {
    const digest = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
    return `v1,${digest}`;
  });
  return { ...headers, 'webhook-signature': signatures.join(' ') };
}

/**
 * Reads a secret: `whsec_` and 24 to 64 bytes in base64. Throws `SL_CONFIG_INVALID` that says `what` is wrong, never
 * what it holds.
 */
export function parseSecret(secret: string | undefined, what: string): Buffer {
  const key = Buffer.from(secret?.match(/^whsec_([A-Za-z0-9+/]+={0,2})$/)?.[1] ?? '', 'base64');
  if (key.length >= 24 && key.length <= 64) return key;
  const got = secret === undefined ? 'not set' : 'not such a secret';
  const message = `${what} is ${got}, expected whsec_ and 24 to 64 bytes in base64`;
  throw new SightlineError('SL_CONFIG_INVALID', message);
}
