import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A wire between a client and a server that a test may break. */
export interface TcpProxy {
  readonly url: string;
  /** From now on the client gets this instead of what the server says; nothing special when undefined. */
  corrupt(text: string | undefined): void;
  /** Whether what the server says is held back for good; connections stay open. */
  hold(isHeld: boolean): void;
  /** Cuts every connection there is. */
  cut(): void;
}

/** Starts a proxy before a port of this machine, for one test. */
export async function startTcpProxy(to: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let garbage: string | undefined;
  let isHeld = false;
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
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => {
      if (!isHeld) near.write(garbage ?? data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return {
    url: `redis://127.0.0.1:${port}`,
    corrupt(text) {
      garbage = text;
    },
    hold(held) {
      isHeld = held;
    },
    cut,
  };
}
