import { executionAsyncResource } from 'node:async_hooks';
import { expect, test } from 'vitest';

test('inside a tick of Node the resource is the tick, which is what is held', async () => {
  const tick = await new Promise<object>((resolve) => {
    process.nextTick(() => resolve(executionAsyncResource()));
  });
  expect(Object.keys(tick)).toEqual(['callback', 'args']);
});
