import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecentKeys } from '../../src/stores/recent-keys.ts';

test('behaves as a set while nothing has been forgotten for age', () => {
  const key = fc.string({ maxLength: 3 });
  const step = fc.tuple(fc.boolean(), key);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const recent = new RecentKeys({ capacity: 60 });
      const model = new Set<string>();
      for (const [adds, one] of steps) {
        if (adds) expect(recent.add(one)).toBe(!model.has(one));
        if (adds) model.add(one);
        else {
          recent.forget(one);
          model.delete(one);
        }
      }
    }),
  );
});

test('knows at least the last keys of its capacity, and twice as many at most', () => {
  const recent = new RecentKeys({ capacity: 100 });
  for (let n = 0; n < 1050; n++) expect(recent.add(`key ${n}`)).toBe(true);
  for (let n = 950; n < 1050; n++) expect(recent.add(`key ${n}`)).toBe(false);
  expect(recent.add('key 849')).toBe(true);
});

test('forgets keys of the older generation too', () => {
  const recent = new RecentKeys({ capacity: 10 });
  for (let n = 0; n < 15; n++) recent.add(`key ${n}`);
  recent.forget('key 3');
  expect(recent.add('key 3')).toBe(true);
  expect(recent.add('key 4')).toBe(false);
});

test('tells very many similar keys apart', () => {
  const recent = new RecentKeys();
  let taken = 0;
  for (let n = 0; n < 100_000; n++) if (!recent.add(`session-${n}`)) taken += 1;
  for (let n = 0; n < 100_000; n++) if (!recent.add(`${n}-session`)) taken += 1;
  expect(taken).toBe(0);
});
