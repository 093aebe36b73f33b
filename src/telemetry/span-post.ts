import http from 'node:http';
import https from 'node:https';
import type { SpanTarget } from './otlp-environment.ts';

/** What became of one attempt. */
export interface PostResult {
  readonly delivered: boolean;
  /** Whether another attempt may do better. */
  readonly again: boolean;
  /** What the receiver asked to wait, or 0. */
  readonly retryAfterMs: number;
}

/** Posts batches over one kept connection that does not hold the process. */
export interface Poster {
  /** One attempt; never rejects. */
  post(body: Uint8Array): Promise<PostResult>;
  close(): void;
}

/** Statuses that OTLP says may be tried again. */
const passing = new Set([429, 502, 503, 504]);
const longestWaitMs = 60_000;
const networkError: PostResult = { delivered: false, again: true, retryAfterMs: 0 };

/** Makes a poster of protobuf to a target. */
export function createPoster(target: SpanTarget): Poster {
  const secure = target.url.startsWith('https:');
  const client = secure ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 });
  const headers = {
    ...target.headers,
    'content-type': 'application/x-protobuf',
    ...(target.gzip && { 'content-encoding': 'gzip' }),
  };
  const post = (body: Uint8Array) =>
    new Promise<PostResult>((resolve) => {
      const request = client.request(target.url, {
        agent,
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
      });
      const limit = setTimeout(() => request.destroy(), target.timeoutMs).unref();
      const settle = (result: PostResult) => {
        clearTimeout(limit);
        resolve(result);
      };
      request.on('socket', (socket) => socket.unref());
      request.on('error', () => settle(networkError));
      request.on('close', () => settle(networkError));
      request.on('response', (response) => {
        response.on('end', () => settle(resultOf(response)));
        response.resume();
      });
      request.end(body);
    });
  return { post, close: () => agent.destroy() };
}

function resultOf({ statusCode = 0, headers }: http.IncomingMessage): PostResult {
  const delivered = statusCode >= 200 && statusCode < 300;
  const again = passing.has(statusCode);
  return { delivered, again, retryAfterMs: again ? parseRetryAfter(headers['retry-after']) : 0 };
}

/** Seconds; a date is not worth a clock here and reads as no wish. */
function parseRetryAfter(text = ''): number {
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text) * 1000, longestWaitMs) : 0;
}
