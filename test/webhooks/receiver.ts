import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A message as it came. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the message holds
  readonly body: any;
}

/** A real server on loopback that collects what it is sent. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when that many messages came in all. */
  count(messages: number): Promise<void>;
  /** What it answers from now on. */
  answer: (response: ServerResponse) => void;
}

/** Opens a receiver for one test; it answers 204 until told otherwise. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let waiting: { messages: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    received.push({
      path: request.url!,
      headers: request.headers,
      text,
      body: text === '' ? undefined : JSON.parse(text),
    });
    receiver.answer(response);
    const done = waiting.filter(({ messages }) => messages <= received.length);
    waiting = waiting.filter((one) => !done.includes(one));
    for (const { resolve } of done) resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hidden`,
    received,
    count: (messages) =>
      new Promise((resolve) => {
        if (received.length >= messages) resolve();
        else waiting.push({ messages, resolve });
      }),
    answer: status(204),
  };
  return receiver;
}

/** An answer without a body. */
export const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end();
  };
