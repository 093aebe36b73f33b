import { connect, type Socket } from 'node:net';
import { SightlineError } from '../../domain/errors.ts';
import { maxValueBytes } from './feature-store.ts';
import { MemcachedReader } from './memcached-reader.ts';

/** Where a memcached is. */
export interface MemcachedAddress {
  /** `memcached://` with host and port. */
  readonly url: string;
  /** Milliseconds until an attempt to connect is given up. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds without an answer after which the connection counts as dead. */
  readonly silenceMs?: number;
}

/** Why a command has no answer. */
export type MemcachedTrouble = 'away' | 'nonsense' | 'CLIENT_ERROR' | 'SERVER_ERROR' | 'ERROR';

/** Keys that one command asks for, and who hears of them. */
export interface MemcachedGet {
  readonly keys: readonly string[];
  /** A value, or undefined for one that is too long. */
  found(key: string, bytes: Buffer | undefined): void;
  /** What has not been found is absent, or could not be had. */
  ended(trouble: MemcachedTrouble | undefined): void;
}

/** A connection that is made with its first use and mended in the background. */
export interface MemcachedConnection {
  /** Asks in the order of the calls. The first ones wait for the first attempt, later ones fail at once while there is none. */
  get(commands: readonly MemcachedGet[]): Promise<void>;
  close(): void;
}

const backoffMs = (attempt: number): number =>
  Math.min(50 * 2 ** Math.min(attempt, 6), 2000) * (0.5 + Math.random() / 2);

/** Makes the connection to one memcached. Throws `SL_CONFIG_INVALID` for a URL that is not of one. */
export function createMemcachedConnection(address: MemcachedAddress): MemcachedConnection {
  const { host, port } = parseMemcachedUrl(address.url);
  let wire: Wire | undefined;
  let first: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let attempts = 0;
  let isReady = false;
  let isClosed = false;
  const open = () =>
    new Promise<void>((resolve) => {
      wire = openWire(connect({ host, port, noDelay: true }), address, {
        ready() {
          isReady = true;
          attempts = 0;
          resolve();
        },
        gone() {
          isReady = false;
          resolve();
          if (isClosed) return;
          retry = setTimeout(open, backoffMs(attempts)).unref();
          attempts += 1;
        },
      });
    });
  return {
    async get(commands) {
      if (!isReady && !isClosed) {
        first ??= open();
        await first;
      }
      if (isReady) wire?.send(commands);
      else for (const { ended } of commands) ended('away');
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
      wire?.end('away');
    },
  };
}

/** One socket, and what was asked over it. */
interface Wire {
  send(commands: readonly MemcachedGet[]): void;
  /** Cuts the connection; commands that wait fail with the trouble. */
  end(trouble: MemcachedTrouble): void;
}

function openWire(
  socket: Socket,
  { connectTimeoutMs = 2000, silenceMs = 5000 }: MemcachedAddress,
  told: { ready(): void; gone(): void },
): Wire {
  const waiting: MemcachedGet[] = [];
  let trouble: MemcachedTrouble = 'away';
  const finish = (why: MemcachedTrouble | undefined) => {
    const command = waiting.shift();
    if (command === undefined) throw new Error('answer to no question');
    command.ended(why);
  };
  const reader = new MemcachedReader(
    {
      value(key, bytes) {
        if (waiting.length === 0) throw new Error('value to no question');
        waiting[0].found(key, bytes);
      },
      end: () => finish(undefined),
      failed: (word) => finish(word as MemcachedTrouble),
    },
    maxValueBytes,
  );
  const end = (why: MemcachedTrouble) => {
    trouble = why;
    socket.destroy();
  };
  // Not the time-out of the socket: what is written would count as a sign of life.
  let patience = setTimeout(end, connectTimeoutMs, 'away').unref();
  socket.on('connect', () => {
    clearTimeout(patience);
    told.ready();
  });
  socket.on('data', (chunk) => {
    patience.refresh();
    try {
      reader.push(chunk);
    } catch {
      end('nonsense');
    }
    if (waiting.length === 0) clearTimeout(patience);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    clearTimeout(patience);
    told.gone();
    for (const { ended } of waiting.splice(0)) ended(trouble);
  });
  return {
    send(commands) {
      if (waiting.length === 0) patience = setTimeout(end, silenceMs, 'away').unref();
      for (const command of commands) waiting.push(command);
      socket.write(commands.map(({ keys }) => `get ${keys.join(' ')}\r\n`).join(''));
    },
    end,
  };
}

/**
 * Reads the URL of a memcached.
 *
 * @example parseMemcachedUrl('memcached://cache') // { host: 'cache', port: 11211 }
 */
export function parseMemcachedUrl(text: string): { readonly host: string; readonly port: number } {
  const url = URL.parse(text);
  const isPlain = url?.protocol === 'memcached:' && url.hostname !== '' && url.username === '';
  if (!url || !isPlain || !['', '/'].includes(url.pathname + url.search)) {
    throw new SightlineError(
      'SL_CONFIG_INVALID',
      'URL of a memcached is not one, expected memcached:// with host and port alone',
    );
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 11_211) };
}
