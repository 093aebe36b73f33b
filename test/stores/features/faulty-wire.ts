import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Ways in which what is between a client and its server breaks. */
export const wireFaults = [
  /** Answers never come; the connections stay open and dead. */
  'timeout',
  /** Nobody listens, and what was connected is cut. */
  'refused',
  /** Answers come late. */
  'slow',
  /** The first half of an answer comes, and no more. */
  'partial',
  /** Something else than the protocol comes. */
  'garbage',
  /** The first half of an answer comes, and the connection is cut. */
  'disconnect',
] as const;
export type WireFault = (typeof wireFaults)[number];

/** A wire to a server of this machine, for one test. */
export interface FaultyWire {
  readonly port: number;
  /** Breaks it, or mends it for what connects from now on. */
  become(fault: WireFault | undefined): Promise<void>;
}

/** Later than any wave of a test that waits for it. */
export const slowMs = 150;

/** Starts a wire to a port. */
export async function startFaultyWire(to: number): Promise<FaultyWire> {
  const sockets = new Set<Socket>();
  let fault: WireFault | undefined;
  let port = 0;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    let isDead = false;
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => {
      if (isDead) return;
      isDead = fault !== undefined && fault !== 'slow';
      pass(near, data, fault);
    });
  });
  const listen = () =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    return close(server);
  };
  await listen();
  port = (server.address() as { port: number }).port;
  onTestFinished(stop);
  return {
    port,
    async become(next) {
      if (next === 'refused') await stop();
      else if (fault === 'refused') await listen();
      fault = next;
    },
  };
}

function pass(near: Socket, data: Buffer, fault: WireFault | undefined): void {
  const half = data.subarray(0, data.length / 2);
  if (fault === undefined) near.write(data);
  else if (fault === 'slow') setTimeout(() => near.write(data), slowMs).unref();
  else if (fault === 'partial') near.write(half);
  else if (fault === 'garbage') near.write('no such protocol\r\n\r\n');
  else if (fault === 'disconnect') near.end(half);
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));
