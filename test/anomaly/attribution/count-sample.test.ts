import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { largestLeaves } from '../../../src/anomaly/attribution/count-sample.ts';

describe('largestLeaves', () => {
  test('takes all leaves of any size while there are few', () => {
    expect([...largestLeaves(Float64Array.of(5, 0, 7, 0, 1))]).toEqual([0, 2, 4]);
    expect([...largestLeaves(new Float64Array(0))]).toEqual([]);
    expect([...largestLeaves(new Float64Array(3))]).toEqual([]);
  });

  test('takes the 1,024 largest of many, equal ones in their order', () => {
    const sizes = fc.uint8Array({ minLength: 1100, maxLength: 3000, max: 20 });
    const property = fc.property(sizes, (list) => {
      const byHand = Array.from(list.keys())
        .filter((leaf) => list[leaf] > 0)
        .sort((a, b) => list[b] - list[a] || a - b)
        .slice(0, 1024)
        .sort((a, b) => a - b);
      expect([...largestLeaves(Float64Array.from(list))]).toEqual(byHand);
    });
    fc.assert(property, { numRuns: 30 });
  });
});
