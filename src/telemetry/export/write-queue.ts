import type { Schedule } from '../../domain/schedule.ts';
import type { WritePoster } from './post-write.ts';
import type { Push, PushReport } from './sink.ts';
import { createWriteDelivery } from './write-delivery.ts';

/** What a queue needs. */
export interface WriteQueueOptions {
  readonly poster: WritePoster;
  readonly report: PushReport;
  readonly schedule: Schedule;
  /** Pushes that may wait, 1 or more; beyond it the oldest is dropped. */
  readonly maxQueued: number;
  /** For all that `close` tries. */
  readonly closeMs: number;
}

/** The pushes of one destination on their way, in their order. */
export interface WriteQueue {
  /** Takes a push; its bodies are sent one after the other. */
  add(bodies: readonly Uint8Array[], push: Push): void;
  /** Resolves when the queue is empty, or an attempt has failed. */
  flush(): Promise<void>;
  /** Makes one attempt for what waits; what is left is dropped. */
  close(): Promise<void>;
}

interface Waiting {
  readonly push: Push;
  readonly bodies: readonly Uint8Array[];
}

/** Opens a queue that sends one body at a time; see `createWriteDelivery` for what is tried again. */
export function openWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { poster, report, schedule, maxQueued, closeMs } = options;
  const queue: Waiting[] = [];
  const settled: (() => void)[] = [];
  let isSending = false;
  let isClosing = false;
  const settle = () => {
    for (const resolve of settled.splice(0)) resolve();
  };
  const delivery = createWriteDelivery({
    poster,
    schedule,
    onWait(reason) {
      report.waits(reason);
      if (!isClosing) settle();
    },
  });

  function leave(waiting: Waiting): boolean {
    const at = queue.indexOf(waiting);
    if (at >= 0) queue.splice(at, 1);
    report.queued(queue.length);
    return at >= 0;
  }
  function drop(waiting: Waiting): void {
    if (leave(waiting)) report.dropped(waiting.push);
  }
  function dropAll(): void {
    for (const waiting of [...queue]) drop(waiting);
  }
  async function run(): Promise<void> {
    if (isSending) return;
    isSending = true;
    for (let head = queue[0]; head !== undefined; head = queue[0]) await send(head);
    isSending = false;
    settle();
  }
  async function send(waiting: Waiting): Promise<void> {
    const { bodies, push } = waiting;
    const end = await delivery.send(bodies, () => queue.includes(waiting));
    if (end.outcome === 'away') {
      if (isClosing) dropAll();
    } else if (leave(waiting)) {
      if (end.outcome === 'refused') report.failed(push, end.reason);
      else report.delivered(push);
    }
  }
  async function settlement(): Promise<void> {
    if (!isSending) return;
    // Nothing else may be left to keep the process alive for the answer.
    const hold = setInterval(() => {}, 60_000);
    await new Promise<void>((resolve) => settled.push(resolve));
    clearInterval(hold);
  }

  return {
    add(bodies, push) {
      if (queue.length >= maxQueued) drop(queue[0]);
      queue.push({ bodies, push });
      report.queued(queue.length);
      void run();
    },
    flush() {
      delivery.hurry();
      return settlement();
    },
    async close() {
      isClosing = true;
      const stop = schedule(closeMs, () => {
        dropAll();
        poster.close();
      });
      delivery.last();
      await settlement();
      stop();
      poster.close();
    },
  };
}
