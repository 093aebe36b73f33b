/** An HTTP service that answers a POST of keys with a row for each, made ready before. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent, programOptions } from '../harness/answer-parent.ts';

const { rows } = programOptions<{ rows: Readonly<Record<string, string>> }>();
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const keys: readonly string[] = JSON.parse(Buffer.concat(chunks).toString());
  response.end(`{${keys.map((key) => `${JSON.stringify(key)}:${rows[key]}`).join(',')}}`);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  answerParent({ port }, { close: () => server.close() });
});
