import { setFlagsFromString } from 'node:v8';

/** V8's own: the young generation doubles, and how much the old one grows is up to it. */
const usual = ['--semi-space-growth-factor=2', '--heap-growing-percent=0'];
const lean = ['--semi-space-growth-factor=1', '--heap-growing-percent=25'];

let running = 0;

/**
 * Keeps the heap of the process small until the answer is called: the young generation stays as large as it is, and the old
 * one is collected when it is a quarter larger than what was in use. An import makes much that lives for a batch alone, and
 * V8 would otherwise keep room for it for good.
 *
 * @example
 * const release = keepHeapLean();
 * try { await run(); } finally { release(); }
 */
export function keepHeapLean(): () => void {
  running += 1;
  if (running === 1) for (const flag of lean) setFlagsFromString(flag);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    running -= 1;
    if (running === 0) for (const flag of usual) setFlagsFromString(flag);
  };
}
