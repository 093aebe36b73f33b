import type { SentClick, Target } from './target.ts';

/**
 * Sends clicks in batches: while one batch is on its way the next one fills. Each caller waits until its own
 * click is acknowledged, and so durable.
 *
 * @example
 * const send = createClickBatch(target, { maxBatch: 100, posted: (status, ms) => {} });
 * await send({ key: 'k', session: 's', item: 'A1', atMs: Date.now() });
 */
export function createClickBatch(
  target: Target,
  {
    maxBatch,
    monotonic,
    posted,
  }: {
    maxBatch: number;
    monotonic: () => number;
    /** Told the status and milliseconds of each post. */
    posted: (status: number, ms: number) => void;
  },
): (click: SentClick) => Promise<void> {
  let waiting: { click: SentClick; done: () => void }[] = [];
  let sending = false;

  const sendAll = async () => {
    sending = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      const startedAt = monotonic();
      const status = await target.post(batch.map(({ click }) => click));
      posted(status, monotonic() - startedAt);
      for (const { done } of batch) done();
    }
    sending = false;
  };

  return (click) =>
    new Promise((done) => {
      waiting.push({ click, done });
      if (!sending) void sendAll();
    });
}
