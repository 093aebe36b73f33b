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
const batchBytes = 81_920;
const batchMs = 100;
/** What may wait for a destination that does not take it. */
const backlogBytes = 4_194_304;
/** Batches kept for reuse: fresh memory costs more than the line in it. */
const spareBatches = 4;
/** Wait before a full pipe is tried again, and how long `flush` waits for it. */
const againMs = 20;
const stallMs = 2000;

/**
 * Opens a log destination. Lines are gathered for at most 100 ms and written off the request path, whole
 * and in order, also when the process exits. A full disk is tried again with the next lines. Lines beyond
 * 4 MB of backlog, after the reader of a pipe has gone and those unwritten at the end are told to `onLost`.
 * Throws `SL_CONFIG_INVALID` for a file that cannot be opened.
 *
 * Lines are bytes from the start: joining and encoding strings cost as much as making the lines.
 */
export function openLogDestination(options: LogDestinationOptions): LogDestination {
  return new FileDestination(options);
}

class FileDestination implements LogDestination {
  readonly #fd: number;
  readonly #owned: boolean;
  readonly #onLost: (lines: number) => void;
  #filling = emptyBatch(batchBytes);
  /** Oldest first; the first one may be under way. */
  readonly #waiting: Batch[] = [];
  readonly #spare: Batch[] = [];
  /** Bytes of the first waiting batch that are written. */
  #written = 0;
  #writing = false;
  /** Whether writing can never work again. */
  #gone = false;
  #settled: (() => void)[] = [];
  readonly #timer = setTimeout(() => this.#hand(), batchMs).unref();

  constructor({ target, onLost }: LogDestinationOptions) {
    this.#owned = typeof target === 'string';
    this.#fd = descriptorOf(target);
    this.#onLost = onLost;
    process.on('exit', this.#onExit);
  }

  get at(): number {
    return this.#filling.used;
  }

  room(bytes: number): Buffer {
    if (this.#filling.bytes.length - this.#filling.used < bytes) this.#hand(bytes);
    return this.#filling.bytes;
  }

  end(at: number): void {
    if (this.#filling.lines === 0) this.#timer.refresh();
    this.#filling.used = at;
    this.#filling.lines += 1;
  }

  write(line: string): void {
    const bytes = this.room(Buffer.byteLength(line));
    this.end(this.at + bytes.write(line, this.at, 'utf8'));
  }

  async flush(): Promise<void> {
    this.#hand();
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      const stalled = setTimeout(resolve, stallMs);
      this.#settled.push(() => {
        clearTimeout(stalled);
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    process.off('exit', this.#onExit);
    this.#giveUp();
    // The number of a closed descriptor may soon be that of something else.
    this.#gone = true;
    if (this.#owned && !this.#writing) closeSync(this.#fd);
  }

  /** Sends what has been gathered on its way; the next line needs `bytes`. */
  #hand(bytes = 0): void {
    const full = this.#filling;
    if (full.lines > 0 || bytes > full.bytes.length) this.#filling = this.#newBatch(bytes);
    if (full.lines > 0) this.#enqueue(full);
    this.#pump();
  }

  #enqueue(batch: Batch): void {
    const backlog = this.#waiting.reduce((sum, { used }) => sum + used, batch.used);
    if (this.#gone || backlog > backlogBytes) this.#onLost(batch.lines);
    else this.#waiting.push(batch);
  }

  #newBatch(bytes: number): Batch {
    const batch = bytes > batchBytes ? undefined : this.#spare.pop();
    if (batch === undefined) return emptyBatch(Math.max(bytes, batchBytes));
    batch.used = 0;
    batch.lines = 0;
    return batch;
  }

  #pump(): void {
    if (this.#writing || this.#waiting.length === 0) return;
    this.#writing = true;
    const { bytes, used } = this.#waiting[0];
    write(this.#fd, bytes, this.#written, used - this.#written, null, this.#done);
  }

  readonly #done = (error: NodeJS.ErrnoException | null, bytes: number): void => {
    this.#writing = false;
    if (error !== null) {
      this.#fail(error);
      return;
    }
    this.#written += bytes;
    const batch = this.#waiting[0];
    if (this.#written === batch?.used) {
      this.#waiting.shift();
      this.#written = 0;
      const kept = batch.bytes.length === batchBytes && this.#spare.length < spareBatches;
      if (kept) this.#spare.push(batch);
    }
    if (this.#waiting.length === 0) this.#settle();
    else this.#pump();
  };

  #fail({ code }: NodeJS.ErrnoException): void {
    if (code === 'EAGAIN') {
      setTimeout(() => this.#pump(), againMs).unref();
      return;
    }
    this.#gone = code === 'EPIPE' || code === 'EBADF';
    if (this.#gone) this.#giveUp();
    this.#settle();
  }

  #giveUp(): void {
    const lost = this.#waiting.splice(0).reduce((sum, { lines }) => sum + lines, 0);
    this.#written = 0;
    if (lost > 0) this.#onLost(lost);
  }

  #settle(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }

  readonly #onExit = (): void => {
    if (this.#gone) return;
    // A write that is under way is ended by the thread that does it.
    const left = [...this.#waiting.slice(this.#writing ? 1 : 0), this.#filling];
    try {
      for (const { bytes, used } of left) writeSync(this.#fd, bytes, 0, used);
    } catch {
      // The process ends here: there is nobody left to tell.
    }
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
