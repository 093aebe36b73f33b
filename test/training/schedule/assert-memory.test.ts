import { expect, test } from 'vitest';
import { assertMemory } from '../../../src/training/schedule/assert-memory.ts';

test('what fits passes, and so does what says nothing or knows no limit', () => {
  expect(() => assertMemory('a', 64 * 2 ** 20, 64)).not.toThrow();
  expect(() => assertMemory('a', undefined, 16)).not.toThrow();
  expect(() => assertMemory('a', 1e15, undefined)).not.toThrow();
});

test.each([64 * 2 ** 20 + 1, Number.POSITIVE_INFINITY, Number.NaN])(
  'a fit of %d bytes does not fit into 64 MB',
  (bytes) => {
    expect(() => assertMemory('wide', bytes, 64)).toThrow(
      expect.objectContaining({
        code: 'SL_TRAINING_FAILED',
        message: expect.stringMatching(/^training of model wide needs about .* MB, expected 64/),
      }),
    );
  },
);
