import {
  close,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
  writev,
} from 'node:fs';
import { dirname } from 'node:path';
import { SightlineError } from '../domain/errors.ts';
import { frameHeader, frameHeaderBytes, placeFrame } from './journal-frame.ts';

/** Bytes of one group commit, so that no single write takes long. */
const groupBytes = 1 << 20;

/** A ring file that payloads are written to, in groups, before anything else is done with them. */
export interface Journal {
  /** Position behind the last durable frame. */
  readonly head: number;
  /**
   * Writes payloads in order; resolves when all are durable, and rejects when any may not be. Answers
   * undefined when the ring has no room. Calls made while a write runs go together into the next. Throws
   * `SL_REQUEST_TOO_LARGE` for a payload larger than a quarter of the file.
   */
  append(payloads: readonly Buffer[]): Promise<void> | undefined;
  /** Everything before `position` has been read and kept elsewhere: its space may be used again. */
  release(position: number): void;
  /** Resolves when every append has; the file is closed. */
  close(): Promise<void>;
}

/** How a journal is opened. */
export interface JournalOptions {
  readonly path: string;
  /** Size of the file. */
  readonly capacity: number;
  /** Position behind the last frame, from whoever read the file. */
  readonly head: number;
  /** Told of the new head after each group. */
  readonly onDurable: (head: number) => void;
  /** Turns what the system says into the error that callers get. */
  readonly onError: (cause: unknown) => Error;
}

interface Waiting {
  readonly payloads: readonly Buffer[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Makes the file of a journal, full of zeros, unless it is there; answers its size in bytes. Overwriting
 * allocated blocks is two to three times as fast as growing a file, and can no longer run out of space.
 */
export function createJournalFile(path: string, bytes: number): number {
  if (!existsSync(path) || statSync(path).size === 0) {
    const unfinished = `${path}.new`;
    const file = openSync(unfinished, 'w');
    const zeros = Buffer.alloc(1 << 20);
    for (let at = 0; at < bytes; at += zeros.length) {
      writeSync(file, zeros, 0, Math.min(zeros.length, bytes - at), at);
    }
    fsyncSync(file);
    closeSync(file);
    renameSync(unfinished, path);
    syncFolder(dirname(path));
  }
  return statSync(path).size;
}

/** Opens the file that `createJournalFile` made for writing. */
export function openJournal(options: JournalOptions): Journal {
  const { path, capacity, onDurable, onError } = options;
  if (constants.O_DSYNC === undefined) throw onError(new Error('no O_DSYNC on this system'));
  // One system call both writes and waits for the disk: no turn of the event loop between the two.
  const file = openSync(path, constants.O_WRONLY | constants.O_DSYNC);
  let head = options.head;
  let tail = options.head;
  /** Position behind everything that waits. */
  let end = head;
  let queue: Waiting[] = [];
  let turn: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    // Whatever else arrives in this turn of the event loop joins the group.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const group = takeGroup(queue);
      queue = queue.slice(group.length);
      try {
        head = await writeGroup(file, { group, head, capacity });
        onDurable(head);
        for (const { resolve } of group) resolve();
      } catch (cause) {
        // Frames are found one behind the other: after a gap nothing may follow.
        const failed = [...group, ...queue];
        queue = [];
        end = head;
        for (const { reject } of failed) reject(onError(cause));
      }
    }
    turn = undefined;
  }

  return {
    get head() {
      return head;
    },
    append(payloads) {
      const reserved = reserve(payloads, end, capacity);
      if (reserved - tail > capacity) return undefined;
      end = reserved;
      return new Promise((resolve, reject) => {
        queue.push({ payloads, resolve, reject });
        turn ??= writeAll();
      });
    },
    release(position) {
      tail = position;
    },
    async close() {
      while (turn !== undefined) await turn;
      await new Promise((resolve) => close(file, resolve));
    },
  };
}

/** The position behind the payloads when the first is placed at or after `end`. */
function reserve(payloads: readonly Buffer[], end: number, capacity: number): number {
  let position = end;
  for (const { length } of payloads) {
    const size = length + frameHeaderBytes;
    if (size > capacity / 4) throw tooLarge(size, capacity / 4);
    position = placeFrame(position, size, capacity) + size;
  }
  return position;
}

function tooLarge(bytes: number, most: number): SightlineError {
  const message = `batch holds ${bytes} bytes in one piece, expected ${Math.floor(most)} at most`;
  return new SightlineError('SL_REQUEST_TOO_LARGE', message);
}

function takeGroup(queue: readonly Waiting[]): readonly Waiting[] {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && bytes < groupBytes) {
    for (const { length } of queue[count].payloads) bytes += length;
    count += 1;
  }
  return queue.slice(0, count);
}

/** Writes the frames of a group; answers the position behind them. */
async function writeGroup(
  file: number,
  { group, head, capacity }: { group: readonly Waiting[]; head: number; capacity: number },
): Promise<number> {
  let position = head;
  let start = head;
  let buffers: Buffer[] = [];
  for (const payload of group.flatMap(({ payloads }) => payloads)) {
    const place = placeFrame(position, payload.length + frameHeaderBytes, capacity);
    // A lap may also end exactly where a frame does.
    if (buffers.length > 0 && (place !== position || place % capacity === 0)) {
      await writeThrough(file, buffers, start % capacity);
      buffers = [];
    }
    if (buffers.length === 0) start = place;
    buffers.push(frameHeader(payload, place), payload);
    position = place + frameHeaderBytes + payload.length;
  }
  await writeThrough(file, buffers, start % capacity);
  return position;
}

function writeThrough(file: number, buffers: readonly Buffer[], place: number): Promise<void> {
  const bytes = buffers.reduce((sum, { length }) => sum + length, 0);
  return new Promise((resolve, reject) => {
    writev(file, buffers, place, (error, written) => {
      if (error !== null) reject(error);
      else if (written < bytes) reject(new Error(`wrote ${written} bytes, expected ${bytes}`));
      else resolve();
    });
  });
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}
