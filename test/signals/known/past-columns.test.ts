import { expect, test } from 'vitest';
import { createPastColumns } from '../../../src/signals/known/past-columns.ts';
import { hashId } from '../../../src/telemetry/event-codes.ts';

const event = (atMs: number, owner: { session?: string; user?: string } = {}) => ({
  key: String(atMs),
  type: 'click',
  item: 'A',
  atMs,
  ...owner,
});

test('events come out oldest first, with the session or else the user as a hash', () => {
  const past = createPastColumns(10);
  past.add(event(1, { session: 's', user: 'u' }), 7);
  past.add(event(2, { user: 'u' }), 8);
  past.add(event(3), 9);
  expect(past.take()).toEqual({
    count: 3,
    session: Float64Array.of(hashId('s'), hashId('u'), 0),
    item: Int32Array.of(7, 8, 9),
    atMs: Float64Array.of(1, 2, 3),
  });
});

test('the last events are kept where there are more than fit', () => {
  const past = createPastColumns(3);
  for (let atMs = 0; atMs < 8; atMs++) past.add(event(atMs), atMs);
  expect([...past.take().item]).toEqual([5, 6, 7]);
});
