import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Schedule } from '../domain/schedule.ts';
import { isPrivateHost, privateAddressCode, publicLookup } from './public-address.ts';

/** One attempt. */
export interface PostOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For everything from the lookup to the end of the answer. */
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
  readonly lookup: LookupFunction;
  readonly schedule: Schedule;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
}

/** What came back: the status of an answer, or a code that says why there was none. */
export type PostResult =
  | { readonly status: number; readonly retryAfter: string | undefined }
  | { readonly failure: string };

/** What an answer may say, of which nothing is used. */
const maxAnswerBytes = 65_536;

/**
 * Posts a message over a connection of its own. Redirects are answers like any other. An answer counts as soon as its
 * status has come; its body is read to the end, 64 KB or the time limit, whichever is first. Never rejects.
 */
export function post(options: PostOptions): Promise<PostResult> {
  const { url, headers, body, allowPrivate, lookup } = options;
  // A host that is an address is never looked up.
  if (!allowPrivate && isPrivateHost(url)) return Promise.resolve({ failure: privateAddressCode });
  const client = url.protocol === 'https:' ? https : http;
  const sent = new Promise<PostResult>((resolve) => {
    const request = client.request(url, {
      agent: false,
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: allowPrivate ? lookup : publicLookup(lookup),
      signal: options.signal,
    });
    let result: PostResult = { failure: 'ECONNRESET' };
    const stop = options.schedule(options.timeoutMs, () => {
      if (!('status' in result)) result = { failure: 'ETIMEDOUT' };
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (!('status' in result) && result.failure === 'ECONNRESET')
        result = { failure: codeOf(error) };
    });
    request.on('response', (response) => {
      result = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
      readAway(response);
    });
    request.on('close', () => {
      stop();
      resolve(result);
    });
    request.end(body);
  });
  return sent.catch((error) => ({ failure: codeOf(error) }));
}

function codeOf({ code, name }: NodeJS.ErrnoException): string {
  return code ?? name;
}

function readAway(response: http.IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) response.destroy();
  });
  // The status has come: what happens to the body changes nothing.
  response.on('error', () => {});
}
