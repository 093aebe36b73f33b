import { expect, test } from 'vitest';
import {
  degradedMark,
  fallbackMark,
  latencyBounds,
  latencyBucket,
  markCount,
  meaningOf,
  timeMark,
} from '../../../src/anomaly/cube/marks.ts';

test('every mark means one thing, and saying it again gives the mark', () => {
  const again = Array.from({ length: markCount }, (_, mark) => {
    const meaning = meaningOf(mark);
    if (meaning.kind === 'degraded') return degradedMark(meaning.stage, meaning.reason);
    if (meaning.kind === 'fallback') return fallbackMark(meaning.stage, meaning.reason);
    return meaning.kind === 'time' ? timeMark(meaning.stage, meaning.bucket) : mark;
  });
  expect(again).toEqual(Array.from({ length: markCount }, (_, mark) => mark));
});

test('a latency falls into the bucket of the first bound that is not below it', () => {
  for (const seconds of [0, 0.0004, 0.0005, 0.00051, 0.02, 4.9, 5, 5.1, 100]) {
    const slow = latencyBounds.findIndex((bound) => bound >= seconds);
    expect(latencyBucket(seconds)).toBe(slow < 0 ? latencyBounds.length : slow);
  }
});
