import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { memcachedKey } from '../../../src/stores/features/memcached-features.ts';
import { freePort } from '../../e2e/running-server.ts';
import { until } from './redis-server.ts';

/** A memcached of the machine on a free loopback port, that a test may kill and start again. */
export interface MemcachedServer {
  readonly port: number;
  readonly url: string;
  /** Says something in its protocol and resolves with all that it answers. */
  say(text: string): Promise<string>;
  /** Writes values under their keys. */
  set(values: Readonly<Record<string, Buffer>>, keyPrefix?: string): Promise<void>;
  /** Starts it on the same port, and resolves when it answers. */
  start(): Promise<void>;
  /** Stops it where it is, connections open and dead, or lets it go on. */
  pause(isPaused: boolean): void;
  /** Ends it without a chance to say so. */
  kill(): Promise<void>;
}

/** Starts a memcached that takes values of up to 2 MB. */
export async function openMemcachedServer(): Promise<MemcachedServer> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const say = async (text: string | Buffer): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    const answers: Buffer[] = [];
    socket.on('data', (chunk) => answers.push(chunk));
    socket.write(text);
    socket.write('quit\r\n');
    await once(socket, 'close');
    return Buffer.concat(answers).toString();
  };
  const isUp = () =>
    say('version\r\n').then(
      (answer) => answer.startsWith('VERSION'),
      () => false,
    );
  const server: MemcachedServer = {
    port,
    url: `memcached://127.0.0.1:${port}`,
    say,
    async set(values, keyPrefix = '') {
      const commands = Object.entries(values).map(([key, bytes]) =>
        Buffer.concat([
          Buffer.from(`set ${memcachedKey(keyPrefix, key)} 0 0 ${bytes.length}\r\n`),
          bytes,
          Buffer.from('\r\n'),
        ]),
      );
      const answer = await say(Buffer.concat(commands));
      if (answer !== 'STORED\r\n'.repeat(commands.length)) throw new Error(answer);
    },
    async start() {
      const root = process.getuid?.() === 0 ? ['-u', 'root'] : [];
      const flags = ['-p', `${port}`, '-l', '127.0.0.1', '-U', '0', '-m', '64', '-I', '2m'];
      child = spawn('memcached', [...flags, ...root], { stdio: 'ignore' });
      await until(isUp);
    },
    pause: (isPaused) => void child?.kill(isPaused ? 'SIGSTOP' : 'SIGCONT'),
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
    },
  };
  await server.start();
  return server;
}
