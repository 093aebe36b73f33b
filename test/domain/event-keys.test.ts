import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventKeys } from '../../src/domain/event-keys.ts';

test('each key comes after the one before it, whatever the clock does', () => {
  const times = fc.array(fc.integer({ min: 0, max: 36 ** 9 - 1 }), { minLength: 2 });
  fc.assert(
    fc.property(times, (clock) => {
      let at = 0;
      const next = createEventKeys({ now: () => clock[at], origin: 'abc123' });
      const keys = clock.map((_, i) => {
        at = i;
        return next();
      });
      for (let i = 1; i < keys.length; i += 1) expect(keys[i] > keys[i - 1]).toBe(true);
    }),
  );
});

test('a process that makes more keys in a millisecond than fit takes the next one', () => {
  const next = createEventKeys({ now: () => 1, origin: 'abc123' });
  let last = '';
  for (let i = 0; i <= 36 ** 4; i += 1) {
    const key = next();
    if (key <= last) throw new Error(`${key} does not come after ${last}`);
    last = key;
  }
  expect(last).toBe('000000002abc1230000');
});

test('two processes make different keys at the same time', () => {
  const [one, other] = [1, 2].map(() => createEventKeys({ now: () => 1 }));
  expect(one()).not.toBe(other());
});
