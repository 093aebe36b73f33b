import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTokenBucket } from '../../src/domain/token-bucket.ts';

function open(burst: number, perSecond: number) {
  const now = { ms: 0 };
  const clock = { now: () => 0, monotonic: () => now.ms };
  return { bucket: createTokenBucket({ burst, perSecond, clock }), now };
}

test('a bucket gives its burst at once, then so many a second', () => {
  const { bucket, now } = open(2, 0.5);
  bucket.take();
  bucket.take();
  expect(bucket.secondsLeft()).toBe(2);
  now.ms += 1000;
  expect(bucket.secondsLeft()).toBe(1);
  now.ms += 1000;
  expect(bucket.secondsLeft()).toBe(0);
});

test('an idle bucket holds no more than its burst', () => {
  const { bucket, now } = open(3, 10);
  now.ms += 3_600_000;
  for (let i = 0; i < 3; i++) bucket.take();
  expect(bucket.secondsLeft()).toBeCloseTo(0.1, 9);
});

test('whenever it is asked, no more than the burst and the rate allow is taken', () => {
  const bounds = { min: 1, max: 20 };
  fc.assert(
    fc.property(
      fc.integer(bounds),
      fc.integer(bounds),
      fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }),
      (burst, perSecond, gapsMs) => {
        const { bucket, now } = open(burst, perSecond);
        let taken = 0;
        for (const gapMs of gapsMs) {
          now.ms += gapMs;
          if (bucket.secondsLeft() === 0) taken += 1;
          bucket.take();
        }
        expect(taken).toBeLessThanOrEqual(burst + (now.ms / 1000) * perSecond + 1e-6);
      },
    ),
  );
});
