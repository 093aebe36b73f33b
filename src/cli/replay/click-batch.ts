import type { PostAnswer, SentClick, Target } from './target.ts';

/**
 * Sends clicks in batches: while one batch is on its way the next one fills. Each caller waits until its own
 * click is acknowledged, and so durable.
 *
 * @example
 * const send = createClickBatch(target, { maxBatch: 100, monotonic, posted: (answer, ms) => {} });
 * await send({ key: 'k', type: 'click', session: 's', item: 'A1', atMs: Date.now() });
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
    /** Told the answer and the milliseconds of each post. */
    posted: (answer: PostAnswer, ms: number) => void;
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
      const answer = await target.post(batch.map(({ click }) => click));
      posted(answer, monotonic() - startedAt);
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
