import { expect, test } from 'vitest';
import { protectionSchema } from '../../../src/pipeline/admission/protection-schema.ts';

test('everybody is protected who says nothing', () => {
  expect(protectionSchema.parse(undefined)).toEqual({
    enabled: true,
    concurrency: { min: 20, max: 1000, initial: 200, tolerance: 1.5 },
    eventLoopMs: 250,
    holdRefusalsMs: 250,
    shares: { interactive: 1, batch: 0.5, shadow: 0.1 },
  });
});

test.each([
  ['concurrency.initial', { concurrency: { min: 300 } }],
  ['concurrency.initial', { concurrency: { max: 100 } }],
  ['concurrency.min', { concurrency: { min: 0, initial: 0 } }],
  ['concurrency.tolerance', { concurrency: { tolerance: 0.9 } }],
  ['eventLoopMs', { eventLoopMs: 0 }],
  ['shares.batch', { shares: { batch: 0 } }],
  ['shares.shadow', { shares: { shadow: 1.1 } }],
  ['', { limit: 5 }],
])('what makes no sense at %s is refused', (path, given) => {
  const { error } = protectionSchema.safeParse(given);
  expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
});
