import { closeSync, openSync, write, writeSync } from 'node:fs';
import { SightlineError } from '../domain/errors.ts';

/** Where log lines go. Nothing here throws once it is open. */
export interface LogDestination {
  /** Hands over one line with its line end. */
  write(line: string): void;
  /** A buffer with room for a line of at most `bytes` at `at`; `end` says where the line ended. */
  room(bytes: number): Buffer;
  readonly at: number;
  end(at: number): void;
  /** Resolves when all lines are written, or an attempt to write them has failed. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a log destination needs. */
export interface LogDestinationOptions {
  /** A file descriptor, which stays open, or the path of a file to append to. */
  readonly target: number | string;
  /** Told the number of lines that were lost. */
  readonly onLost: (lines: number) => void;
}

/** Lines, one after the other. */
interface Batch {
  readonly bytes: Buffer;
  used: number;
  lines: number;
}

/** Lines wait until there are this many bytes of them, or this long. */
const batchBytes = 262_144;
const batchMs = 100;
/** Batches that may wait for a destination that does not take them: 4 MB. */
const backlogBatches = 16;
/** Batches kept for reuse: fresh memory costs more than the line in it. */
const spareBatches = 3;
/** Wait before a full pipe is tried again, and how long `flush` waits for it. */
const againMs = 20;
const stallMs = 2000;

/**
 * Opens a log destination. Lines are gathered for at most 100 ms and written off the request path, whole
 * and in order, also when the process exits. A full disk is tried again with the next lines. Lines beyond
 * 4 MB of backlog, after the reader of a pipe has gone and those unwritten at the end are told to `onLost`.
 * Throws `SL_CONFIG_INVALID` for a file that cannot be opened.
 *
 * pino's own destination does the same for strings; with these numbers of lines its copies and the
 * encoding of long joined strings cost as much as making the lines.
 */
export function openLogDestination({ target, onLost }: LogDestinationOptions): LogDestination {
  const fd = descriptorOf(target);
  const waiting: Batch[] = [];
  const spare: Batch[] = [];
  let filling = emptyBatch(batchBytes);
  /** Bytes of the first waiting batch that are written. */
  let written = 0;
  let writing = false;
  let gone = false;
  let settled: (() => void)[] = [];

  const settle = () => {
    const resolvers = settled;
    settled = [];
    for (const resolve of resolvers) resolve();
  };
  const recycle = (batch: Batch | undefined) => {
    if (batch?.bytes.length === batchBytes && spare.length < spareBatches) spare.push(batch);
  };
  const giveUp = () => {
    const lost = waiting.splice(0).reduce((sum, { lines }) => sum + lines, 0);
    written = 0;
    if (lost > 0) onLost(lost);
  };
  const pump = () => {
    if (writing || waiting.length === 0) return;
    writing = true;
    const { bytes, used } = waiting[0];
    write(fd, bytes, written, used - written, null, done);
  };
  const done = (error: NodeJS.ErrnoException | null, bytes: number) => {
    writing = false;
    if (error !== null) return fail(error);
    written += bytes;
    if (written === waiting[0]?.used) {
      recycle(waiting.shift());
      written = 0;
    }
    if (waiting.length === 0) settle();
    else pump();
  };
  const fail = ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EAGAIN') {
      setTimeout(pump, againMs).unref();
      return;
    }
    gone = code === 'EPIPE' || code === 'EBADF';
    if (gone) giveUp();
    settle();
  };
  /** Sends what has been gathered on its way; the next line needs `bytes`. */
  const hand = (bytes = 0) => {
    const full = filling;
    const fits = bytes <= batchBytes;
    if (full.lines > 0 || bytes > full.bytes.length) {
      filling = (fits && spare.pop()) || emptyBatch(fits ? batchBytes : bytes);
      filling.used = 0;
      filling.lines = 0;
    }
    if (full.lines > 0 && !gone && waiting.length < backlogBatches) waiting.push(full);
    else if (full.lines > 0) onLost(full.lines);
    pump();
  };
  const timer = setTimeout(hand, batchMs).unref();
  const onExit = () => {
    const left = [...waiting.slice(writing ? 1 : 0), filling];
    try {
      for (const { bytes, used } of gone ? [] : left) writeSync(fd, bytes, 0, used);
    } catch {
      // The process ends here: there is nobody left to tell.
    }
  };
  process.on('exit', onExit);

  const room = (bytes: number) => {
    if (filling.bytes.length - filling.used < bytes) hand(bytes);
    return filling.bytes;
  };
  const end = (at: number) => {
    if (filling.lines === 0) timer.refresh();
    filling.used = at;
    filling.lines += 1;
  };
  const flush = async () => {
    hand();
    if (waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(resolve, stallMs);
      settled.push(() => {
        clearTimeout(stalled);
        resolve();
      });
    });
  };
  return {
    write(line) {
      const bytes = room(3 * line.length);
      end(filling.used + bytes.write(line, filling.used, 'utf8'));
    },
    room,
    get at() {
      return filling.used;
    },
    end,
    flush,
    async close() {
      await flush();
      clearTimeout(timer);
      process.off('exit', onExit);
      giveUp();
      // The number of a closed descriptor may soon be that of something else.
      gone = true;
      if (typeof target === 'string' && !writing) closeSync(fd);
    },
  };
}

function emptyBatch(bytes: number): Batch {
  return { bytes: Buffer.allocUnsafe(bytes), used: 0, lines: 0 };
}

function descriptorOf(target: number | string): number {
  if (typeof target === 'number') return target;
  try {
    return openSync(target, 'a');
  } catch (cause) {
    throw new SightlineError('SL_CONFIG_INVALID', `log file ${target} cannot be opened`, { cause });
  }
}
