import { expect, test } from 'vitest';
import { createTurns } from '../../src/http/turns.ts';

/** A task that ends when told, and notes when it began and ended. */
function taskIn(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async () => {
    log.push(`${name} begins`);
    await promise;
    log.push(`${name} ends`);
  };
  return { run, finish: resolve };
}

test('work on one key waits for the work before it; work on another key does not', async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const [a, b, other] = ['a', 'b', 'other'].map((name) => taskIn(log, name));
  const all = [inTurn(['k'], a.run), inTurn(['k', 'l'], b.run), inTurn(['m'], other.run)];
  other.finish();
  b.finish();
  await all[2];
  expect(log).toEqual(['a begins', 'other begins', 'other ends']);
  a.finish();
  await Promise.all(all);
  expect(log.slice(3)).toEqual(['a ends', 'b begins', 'b ends']);
});

test('work that fails lets the next one go on', async () => {
  const inTurn = createTurns();
  const failed = inTurn(['k'], () => Promise.reject(new Error('no')));
  const next = inTurn(['k'], async () => 'yes');
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
