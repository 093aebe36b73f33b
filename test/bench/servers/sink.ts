/** An OTLP trace receiver that counts spans by the first part of the path and keeps nothing. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { answerParent } from '../harness/answer-parent.ts';
import { countSpans } from './count-spans.ts';

const spans: Record<string, number> = {};
let bytesReceived = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const sender = request.url!.split('/')[1];
    const raw = Buffer.concat(chunks);
    bytesReceived += raw.length;
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    if (request.url!.endsWith('/v1/traces'))
      spans[sender] = (spans[sender] ?? 0) + countSpans(body);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
});

server.listen(0, '127.0.0.1', () => {
  answerParent(
    { port: (server.address() as AddressInfo).port },
    {
      counts: () => ({ spans, bytesReceived }),
    },
  );
});
