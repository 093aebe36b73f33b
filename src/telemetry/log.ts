import type { EventEmitter } from 'node:events';
import { openSync, writeSync } from 'node:fs';
import { destination, type Level, type Logger, pino } from 'pino';
import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { escapeControls } from './json-string.ts';

/** Where log lines go. Nothing here throws once it is open. */
export interface LogDestination {
  /** Hands over one line with its line end. */
  write(line: string): void;
  /** A buffer with room for a line of at most `bytes` at `at`; `end` says where the line ended. */
  room(bytes: number): Buffer;
  readonly at: number;
  end(at: number): void;
  /** Resolves when all lines are written or given up. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a log destination needs. */
export interface LogDestinationOptions {
  /** A file descriptor, or the path of a file to append to. */
  readonly target: number | string;
  /** Told the number of lines that were lost. */
  readonly onLost: (lines: number) => void;
}

/** Severities, least first. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly Level[];
export type LogLevel = (typeof logLevels)[number];

/** The log of a process: fields first, then the message. */
export type Log = Pick<Logger, LogLevel>;

/** Lines wait until there are this many bytes of them, or this long. */
const batchBytes = 65_536;
const batchMs = 100;
/** What a destination that does not take its lines may hold back. */
const backlogBytes = 4_194_304;
const stallMs = 2000;
const newline = 0x0a;

/**
 * Opens a log destination. Lines are gathered for at most 100 ms and written off the request path, whole
 * and in order, also when the process exits. A full disk is tried again with the next lines; lines beyond
 * 4 MB of backlog, lines after the reader of a pipe has gone and lines still unwritten at the end are
 * told to `onLost`. Throws `SL_CONFIG_INVALID` for a file that cannot be opened.
 */
export function openLogDestination({ target, onLost }: LogDestinationOptions): LogDestination {
  const fd = descriptorOf(target);
  const stream = destination({
    dest: fd,
    sync: false,
    maxLength: backlogBytes,
    contentMode: 'buffer',
  }) as unknown as ByteStream;
  let filling = Buffer.allocUnsafe(batchBytes);
  let used = 0;
  let lines = 0;
  /** Lines that the stream has and the file has not. */
  let pending = 0;
  let gone = false;

  const lose = (lost: number) => {
    if (lost > 0) onLost(lost);
  };
  const giveUp = () => {
    const lost = pending;
    pending = 0;
    lose(lost);
  };
  const hand = (next: number) => {
    const batch = filling.subarray(0, used);
    const count = lines;
    used = 0;
    lines = 0;
    if (count > 0 || next > filling.length)
      filling = Buffer.allocUnsafe(Math.max(next, batchBytes));
    if (count === 0) return;
    if (gone) return lose(count);
    pending += count;
    try {
      stream.write(batch);
    } catch {
      giveUp();
    }
  };
  const timer = setTimeout(() => hand(0), batchMs).unref();
  const onExit = () => {
    if (gone) return;
    try {
      stream.flushSync();
      if (used > 0) writeSync(fd, filling.subarray(0, used));
    } catch {
      // The process ends here: there is nobody left to tell.
    }
  };
  stream.on('drain', () => {
    pending = 0;
  });
  stream.on('drop', (batch: Buffer) => {
    let lost = 0;
    for (const byte of batch) if (byte === newline) lost += 1;
    pending -= lost;
    lose(lost);
  });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') return;
    gone = true;
    giveUp();
  });
  process.on('exit', onExit);

  const room = (bytes: number) => {
    if (filling.length - used < bytes) hand(bytes);
    return filling;
  };
  const end = (at: number) => {
    if (used === 0) timer.refresh();
    used = at;
    lines += 1;
  };
  const flush = async () => {
    hand(0);
    if (pending === 0) return;
    const written = firstOf(stream, ['drain', 'error']);
    // After an error the stream waits for more lines before it tries again.
    stream.write(Buffer.alloc(0));
    await written;
  };
  return {
    write(line) {
      const buffer = room(3 * line.length);
      end(used + buffer.write(line, used, 'utf8'));
    },
    room,
    get at() {
      return used;
    },
    end,
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
      process.off('exit', onExit);
      giveUp();
      if (gone) return;
      const closed = firstOf(stream, ['close', 'error']);
      stream.destroy();
      await closed;
    },
  };
}

/** The stream of pino's destination in its mode for bytes, which its types leave out. */
interface ByteStream extends EventEmitter {
  write(batch: Buffer): void;
  flushSync(): void;
  destroy(): void;
}

/** Resolves at the first of the events, or when the destination has stalled for two seconds. */
function firstOf(stream: EventEmitter, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(stalled);
      for (const event of events) stream.off(event, done);
      resolve();
    };
    const stalled = setTimeout(done, stallMs);
    for (const event of events) stream.on(event, done);
  });
}

function descriptorOf(target: number | string): number {
  if (typeof target === 'number') return target;
  try {
    return openSync(target, 'a');
  } catch (cause) {
    throw new SightlineError('SL_CONFIG_INVALID', `log file ${target} cannot be opened`, { cause });
  }
}

/**
 * The logger for everything that is not a finished request: one JSON line a call, `time` in ISO 8601 and
 * `level` as a word, no control characters. Fields first, then the message.
 *
 * @example createLog({ destination, level: 'info', clock }).info({ url }, 'server.listening')
 */
export function createLog(options: {
  readonly destination: LogDestination;
  readonly level: LogLevel;
  readonly clock: Clock;
}): Log {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(options.clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: escapeControls },
    },
    { write: (line: string) => options.destination.write(line) },
  );
}
