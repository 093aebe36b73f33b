import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** One request that reached the receiver. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly status: number;
}

/** How a request is answered: a status with headers, or in any other way. */
export type Answer =
  | readonly [status: number, headers?: Readonly<Record<string, string>>]
  | ((response: ServerResponse) => void);

/** A local server that takes what is pushed. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** The next answers; 200 when it is empty. */
  readonly answers: Answer[];
  /** Requests that were under way at once, at most. */
  readonly atOnce: () => number;
  /** Connections that were made. */
  readonly connections: () => number;
}

/** Opens a receiver on a free port of the loopback, for one test. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Answer[] = [];
  const seen = { connections: 0, underWay: 0, atOnce: 0 };
  const server = createServer((request, response) => {
    seen.underWay += 1;
    seen.atOnce = Math.max(seen.atOnce, seen.underWay);
    response.on('close', () => {
      seen.underWay -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const { url: path = '', headers } = request;
      const body = headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const answer = answers.shift() ?? [200];
      const [status, with_] = typeof answer === 'function' ? [0] : answer;
      received.push({ path, headers, body, status });
      if (typeof answer === 'function') answer(response);
      else response.writeHead(status, { ...with_ }).end();
    });
  });
  server.on('connection', () => {
    seen.connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    atOnce: () => seen.atOnce,
    connections: () => seen.connections,
  };
}
