import { expect, test } from 'vitest';
import { Shared } from '../../src/changes/shared.ts';

test('what several hold ends once, when the last of them lets go', async () => {
  let ended = 0;
  const shared = new Shared('stores', async () => {
    ended += 1;
  });
  expect(shared.hold()).toBe(shared);
  shared.hold();
  await shared.release();
  await shared.release();
  expect([shared.value, ended]).toEqual(['stores', 0]);
  await shared.release();
  expect(ended).toBe(1);
});

test('whoever lets go last hears when the end fails', async () => {
  const shared = new Shared('stores', () => Promise.reject(new Error('does not close')));
  shared.hold();
  await shared.release();
  await expect(shared.release()).rejects.toThrow('does not close');
});
