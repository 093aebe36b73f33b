import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../../domain/clock.ts';
import type { Schedule } from '../../domain/schedule.ts';

/** Where remote write goes and how. */
export interface WriteTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Limit of one attempt. */
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'now'>;
  readonly schedule: Schedule;
}

/** What became of one attempt. */
export type WriteResult =
  | { readonly delivered: true }
  | {
      readonly delivered: false;
      /** Whether another attempt may do better. */
      readonly again: boolean;
      /** What the receiver asked to wait, or 0. */
      readonly retryAfterMs: number;
      /** In a few words, for people. */
      readonly reason: string;
    };

/** Posts bodies over one kept connection that does not hold the process. */
export interface WritePoster {
  /** One attempt. Never rejects. */
  post(body: Uint8Array): Promise<WriteResult>;
  /** Ends what is under way. */
  close(): void;
}

/** The most that a receiver may ask to wait. */
const longestWaitMs = 300_000;

/** Makes a poster of remote write 1.0. What it fails with holds nothing of headers or answers. */
export function createWritePoster(target: WriteTarget): WritePoster {
  const client = target.url.startsWith('https:') ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxSockets: 1 });
  const headers = {
    'user-agent': 'sightline',
    ...target.headers,
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
  const post = (body: Uint8Array) =>
    new Promise<WriteResult>((resolve) => {
      const request = client.request(target.url, {
        agent,
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
      });
      let result = lost('connection lost');
      const stop = target.schedule(target.timeoutMs, () => {
        result = lost(`no answer in ${target.timeoutMs / 1000} s`);
        request.destroy();
      });
      request.on('socket', (socket) => socket.unref());
      request.on('error', ({ code }: NodeJS.ErrnoException) => {
        if (code !== undefined && code !== 'ECONNRESET') result = lost(code);
      });
      request.on('response', (response) => {
        response.on('end', () => {
          result = resultOf(response, target.clock.now());
        });
        response.resume();
      });
      request.on('close', () => {
        stop();
        resolve(result);
      });
      request.end(body);
    });
  return { post, close: () => agent.destroy() };
}

function lost(reason: string): WriteResult {
  return { delivered: false, again: true, retryAfterMs: 0, reason };
}

function resultOf({ statusCode = 0, headers }: http.IncomingMessage, nowMs: number): WriteResult {
  if (statusCode >= 200 && statusCode < 300) return { delivered: true };
  const again = statusCode >= 500 || statusCode === 429;
  const retryAfterMs = again ? parseRetryAfter(headers['retry-after'], nowMs) : 0;
  return { delivered: false, again, retryAfterMs, reason: `status ${statusCode}` };
}

/** Reads seconds or a date of HTTP; 0 for anything else. */
function parseRetryAfter(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, longestWaitMs) : 0;
}
