import { connect, type Socket } from 'node:net';

/** One answer as it came over the wire. */
interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A connection that sends what it is told and reads whole answers. */
export interface RawSocket {
  readonly socket: Socket;
  send(bytes: string | Uint8Array): void;
  /** The next answer; throws when the connection ends before it. */
  answer(): Promise<RawAnswer>;
  /** Resolves when the connection is over, from either side. */
  ended: Promise<void>;
}

/** Connects to a listener on this machine. */
export function openRawSocket(port: number): RawSocket {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  let wake = () => {};
  let over = false;
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => {
      over = true;
      wake();
      resolve();
    });
  });
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    wake();
  });
  return {
    socket,
    ended,
    send: (bytes) => socket.write(bytes),
    async answer() {
      for (;;) {
        const taken = takeAnswer(received);
        if (taken !== undefined) {
          received = received.slice(taken.length);
          return taken.answer;
        }
        if (over) throw new Error(`connection ended after ${JSON.stringify(received)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function takeAnswer(received: string): { answer: RawAnswer; length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = received.slice(0, headEnd);
  const bodyLength = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const length = headEnd + 4 + bodyLength;
  if (received.length < length) return undefined;
  const body = received.slice(headEnd + 4, length);
  return { answer: { status: Number(head.slice(9, 12)), head, body }, length };
}

/** A POST of a JSON text, as bytes on the wire. */
export function rawPost(path: string, body: string, headers: readonly string[] = []): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: localhost',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
