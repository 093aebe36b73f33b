import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runInOrder } from '../../../src/cli/run-work/run-in-order.ts';

test('results are taken in the order of the inputs, with no more under way than the window', () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.nat(30),
      fc.integer({ min: 1, max: 5 }),
      async (s, length, window) => {
        const taken: number[] = [];
        let underWay = 0;
        let most = 0;
        const inputs = Array.from({ length }, (_, i) => i);
        const done = runInOrder(inputs, {
          window,
          async work(input) {
            underWay += 1;
            most = Math.max(most, underWay);
            await s.schedule(Promise.resolve());
            return input;
          },
          async take(result) {
            await s.schedule(Promise.resolve());
            underWay -= 1;
            taken.push(result);
          },
        });
        await s.waitFor(done);
        expect(taken).toEqual(inputs);
        expect(most).toBeLessThanOrEqual(window);
      },
    ),
    { numRuns: 50 },
  ));

test('a result is taken while the next input is still awaited', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* inputs() {
    yield 1;
    await promise;
  }
  await runInOrder(inputs(), { window: 8, work: async (n) => n, take: async () => resolve() });
});

test('a failure ends it, and nothing behind it is taken', async () => {
  const taken: number[] = [];
  const run = runInOrder([0, 1, 2, 3, 4, 5], {
    window: 2,
    work: async (n) => {
      if (n === 2) throw new Error('two');
      return n;
    },
    take: async (n) => void taken.push(n),
  });
  await expect(run).rejects.toThrow('two');
  expect(taken).toEqual([0, 1]);
});
