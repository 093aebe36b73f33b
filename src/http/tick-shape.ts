import { executionAsyncResource } from 'node:async_hooks';

let held: object | undefined;

/**
 * Holds one of Node's ticks for good, so that the hidden class of ticks outlives every collection of garbage. V8 knows
 * the class of an object literal by a weak reference: where a full collection finds no tick, `process.nextTick` makes
 * each later one the slow way, which costs a request several microseconds. To be called early, once is enough.
 */
export function holdTickShape(): void {
  if (held !== undefined) return;
  process.nextTick(() => {
    // Inside a tick this is the tick itself.
    held = executionAsyncResource();
  });
}
