import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

test.skipIf(!existsSync('/proc/thread-self'))(
  'a training thread and those it starts have a low priority, and no other thread has',
  async () => {
    const before = getPriority();
    const thread = new Worker(new URL('./low-thread.ts', import.meta.url), {
      workerData: 'first',
      execArgv: [],
    });
    const nice = await new Promise((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    expect(nice).toEqual([10, 10]);
    expect(getPriority()).toBe(before);
    await thread.terminate();
  },
);
