import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether what somebody sent is the control token, in constant time. */
export type IsToken = (given: string | undefined) => boolean;

/** Makes the comparison with the control token; undefined where none is configured. */
export function createTokenCheck(token: string | undefined): IsToken | undefined {
  if (token === undefined || token === '') return undefined;
  const expected = digest(token);
  return (given) => given !== undefined && timingSafeEqual(digest(given), expected);
}

/** The token of an `Authorization: Bearer` header; undefined for any other. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

/** Equal lengths for every input, so that comparing takes the same time for all of them. */
const digest = (text: string) => createHash('sha256').update(text).digest();
