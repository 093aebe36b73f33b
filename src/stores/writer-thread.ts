import type { Transferable, Worker } from 'node:worker_threads';
import { SightlineError } from '../domain/errors.ts';
import type { FromWriter, ToWriter, WriterTask } from './sqlite-writer.ts';
import type { StoreFailure } from './store-error.ts';

/** The store's end of the line to its writer thread. */
export interface WriterThread {
  /** Hands over what is moved. Rejects with the failure of the task, or `SL_STORE_UNAVAILABLE` when the thread is no more. */
  ask(task: WriterTask, moved?: readonly Transferable[]): Promise<number>;
  journalGrew(head: number): void;
  /** Throws what ended the thread, if anything did. */
  assertAlive(): void;
  stop(): Promise<void>;
}

/** What the thread says of its own accord. */
export interface WriterEvents {
  readonly onFolded: (position: number) => void;
  readonly onStuck: (error: SightlineError) => void;
}

interface Pending {
  readonly resolve: (value: number) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that runs `sqlite-writer.ts`. */
export interface StartedWriter {
  readonly worker: Worker;
  readonly folder: string;
  /** The number that was handed to the thread as `sent`. */
  readonly sent: Int32Array;
}

/** Connects to a writer thread. When it dies, everything asked and everything later is refused. */
export function connectWriter(
  { worker, folder, sent }: StartedWriter,
  { onFolded, onStuck }: WriterEvents,
): WriterThread {
  const pending = new Map<number, Pending>();
  let nextId = 1;
  let dead: SightlineError | undefined;

  function die(reason: string, cause?: unknown): void {
    const message = `writer of data folder ${folder} has stopped: ${reason}`;
    dead ??= new SightlineError('SL_STORE_UNAVAILABLE', message, { cause });
    for (const { reject } of pending.values()) reject(dead);
    pending.clear();
    onStuck(dead);
  }

  function receive(message: FromWriter): void {
    if ('folded' in message) onFolded(message.folded);
    else if ('stuck' in message) onStuck(errorOf(message.stuck));
    else {
      const call = pending.get(message.id);
      pending.delete(message.id);
      if ('failure' in message) call?.reject(errorOf(message.failure));
      else call?.resolve(message.value);
    }
  }

  worker.on('message', receive);
  worker.on('error', (cause: Error) => die(cause.message, cause));
  worker.on('exit', (code) => die(`exit code ${code}`));

  return {
    ask(task, moved = []) {
      if (dead !== undefined) return Promise.reject(dead);
      const id = nextId++;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        Atomics.add(sent, 0, 1);
        worker.postMessage({ id, task } satisfies ToWriter, moved);
      });
    },
    journalGrew(head) {
      worker.postMessage({ journalHead: head } satisfies ToWriter);
    },
    assertAlive() {
      if (dead !== undefined) throw dead;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

function errorOf({ code, message }: StoreFailure): SightlineError {
  return new SightlineError(code, message);
}
