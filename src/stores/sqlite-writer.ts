import { parentPort, workerData } from 'node:worker_threads';
import {
  type DataWriter,
  type DataWriterOptions,
  openDataWriter,
  type RowsTask,
} from './data-writer.ts';
import { type StoreFailure, storeError } from './store-error.ts';

/** What can be asked of the writer thread; the answer is a number. */
export type WriterTask =
  | RowsTask
  /** Opens data.db; answers the position in the journal behind the last frame. */
  | { readonly kind: 'open' }
  /** Answers when everything before `to` is in the feedback table. */
  | { readonly kind: 'fold'; readonly to: number }
  | { readonly kind: 'close' };

/** What the store sends: a task that is answered, or word that the journal has grown. */
export type ToWriter =
  | { readonly id: number; readonly task: WriterTask }
  | { readonly journalHead: number };

/** What the writer thread sends: the answer to a task, how far it folded, or why it cannot. */
export type FromWriter =
  | { readonly id: number; readonly value: number }
  | { readonly id: number; readonly failure: StoreFailure }
  | { readonly folded: number }
  | { readonly stuck: StoreFailure };

/** What the writer thread is started with. */
export interface WriterThreadOptions extends DataWriterOptions {
  /** One shared number: how many tasks have been sent, so that a long slice sees that one waits. */
  readonly sent: Int32Array;
}

/** Folding begins when the journal has been quiet for this long: bursts have the machine to themselves, */
const quietMs = 100;
/** but nothing stays in the journal alone for longer than this while more arrives, */
const maxDelayMs = 1000;
/** and never more than this share of the journal. */
const foldShare = 1 / 2;
/** How long it takes until a fold that failed is tried again. */
const retryMs = 1000;

interface Asked<Task> {
  readonly id: number;
  readonly task: Task;
}

/** The writer thread: rows in the order they come, all that wait in one transaction; events in slices. */
function runWriter(options: WriterThreadOptions, send: (message: FromWriter) => void) {
  let writer: DataWriter | undefined;
  let head = 0;
  let received = 0;
  let writes: Asked<RowsTask>[] = [];
  let folds: { readonly id: number; readonly to: number }[] = [];
  let foldDue = false;
  let timer: NodeJS.Timeout | undefined;
  /** When the oldest event that is not folded came, on the monotonic clock. */
  let oldestAtMs: number | undefined;
  let scheduled = false;

  function attempt(ids: readonly number[], work: () => readonly number[]): void {
    try {
      const values = work();
      ids.forEach((id, i) => {
        send({ id, value: values[i] });
      });
    } catch (error) {
      const failure = failureOf(error);
      for (const id of ids) send({ id, failure });
    }
  }

  function failureOf(error: unknown): StoreFailure {
    const { code, message } = storeError(error, options.folder);
    return { code, message };
  }

  function writeRows(data: DataWriter): void {
    const group = writes;
    writes = [];
    attempt(
      group.map(({ id }) => id),
      () => data.write(group.map(({ task }) => task)),
    );
  }

  function fold(data: DataWriter): void {
    try {
      data.fold(head, () => Atomics.load(options.sent, 0) !== received);
      const { folded } = data;
      send({ folded });
      for (const { id, to } of folds) if (to <= folded) send({ id, value: folded });
      folds = folds.filter(({ to }) => to > folded);
      oldestAtMs = undefined;
      if (folded >= head) foldDue = false;
    } catch (error) {
      const failure = failureOf(error);
      send({ stuck: failure });
      for (const { id } of folds) send({ id, failure });
      folds = [];
      foldDue = false;
      foldAfter(retryMs);
    }
  }

  function isFilling(): boolean {
    return writer !== undefined && head - writer.folded >= writer.capacity * foldShare;
  }

  function foldAfter(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      foldDue = true;
      schedule();
    }, delayMs);
  }

  function schedule(): void {
    const idle = writes.length === 0 && folds.length === 0 && !foldDue;
    if (scheduled || idle) return;
    scheduled = true;
    setImmediate(turn);
  }

  function turn(): void {
    scheduled = false;
    if (writer === undefined) return;
    if (writes.length > 0) writeRows(writer);
    if (folds.length > 0 || foldDue) fold(writer);
    schedule();
  }

  function open(): number {
    writer = openDataWriter(options);
    head = writer.folded;
    return head;
  }

  function close(): number {
    if (writer === undefined) return 0;
    if (writes.length > 0) writeRows(writer);
    fold(writer);
    clearTimeout(timer);
    writer.close();
    const { folded } = writer;
    writer = undefined;
    return folded;
  }

  return (message: ToWriter): void => {
    if ('journalHead' in message) {
      head = message.journalHead;
      const nowMs = performance.now();
      oldestAtMs ??= nowMs;
      if (isFilling() || nowMs - oldestAtMs > maxDelayMs) foldDue = true;
      else foldAfter(quietMs);
    } else {
      const { id, task } = message;
      received += 1;
      if (task.kind === 'open') attempt([id], () => [open()]);
      else if (task.kind === 'close') attempt([id], () => [close()]);
      else if (task.kind === 'fold') {
        head = Math.max(head, task.to);
        folds.push({ id, to: task.to });
      } else writes.push({ id, task });
    }
    schedule();
  };
}

if (parentPort !== null) {
  const port = parentPort;
  port.on(
    'message',
    runWriter(workerData as WriterThreadOptions, (message) => port.postMessage(message)),
  );
}
