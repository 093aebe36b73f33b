import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type DecodedSpan, decodeSpans } from './decode-spans.ts';

/** One request that reached the sink. */
export interface Delivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
  readonly spans: readonly DecodedSpan[];
}

/** A local receiver of OTLP traces. */
export interface SpanSink {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** Statuses of the next answers; 200 when it is empty. */
  readonly statuses: number[];
  /** All spans that were taken in. */
  spans(): DecodedSpan[];
  /** Resolves when so many requests have come. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a receiver on a free port of the loopback. */
export async function openSpanSink(): Promise<SpanSink> {
  const deliveries: Delivery[] = [];
  const statuses: number[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      const status = statuses.shift() ?? 200;
      const { url: path = '', headers } = request;
      deliveries.push({ path, headers, status, spans: decodeSpans(body) });
      response.writeHead(status, status === 429 ? { 'retry-after': '0' } : {}).end();
      const due = waiting.filter(({ count }) => deliveries.length >= count);
      waiting = waiting.filter((wait) => !due.includes(wait));
      for (const { resolve } of due) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    statuses,
    spans: () => deliveries.filter(({ status }) => status === 200).flatMap(({ spans }) => spans),
    arrived: (count) =>
      deliveries.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
