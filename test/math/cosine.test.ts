import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosine, cosineDistance, decayedCosine, decayFactor } from '../../src/math/cosine.ts';

const value = fc.double({ min: -100, max: 100, noNaN: true });
const pair = fc.integer({ min: 1, max: 40 }).chain((dimensions) => {
  const vector = fc.array(value, { minLength: dimensions, maxLength: dimensions });
  return fc.tuple(vector, vector);
});
const ordinary = pair.filter(([a, b]) => Math.hypot(...a) > 1e-9 && Math.hypot(...b) > 1e-9);

describe('cosine', () => {
  test('of angles that are known', () => {
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    expect(cosine([1, 0], [0, 3])).toBe(0);
    expect(cosine([3, 4], [-6, -8])).toBe(-1);
    expect(cosine(Float32Array.of(3, 4), Float32Array.of(4, 3))).toBeCloseTo(0.96, 15);
    expect(cosineDistance([3, 4], [-6, -8])).toBe(2);
    expect(cosineDistance([1, 0], [0, 1])).toBe(1);
  });

  test('equals the dot product of unit vectors, is symmetric, and 1 for a vector with itself', () => {
    const property = fc.property(ordinary, ([a, b]) => {
      const [normA, normB] = [Math.hypot(...a), Math.hypot(...b)];
      const slow = a.reduce((sum, x, d) => sum + (x / normA) * (b[d] / normB), 0);
      expect(cosine(a, b)).toBeCloseTo(slow, 12);
      expect(cosine(a, b)).toBe(cosine(b, a));
      expect(cosine(a, a)).toBe(1);
      expect(Math.abs(cosine(a, b) ?? 9)).toBeLessThanOrEqual(1);
    });
    fc.assert(property);
  });

  test('does not depend on scale, up to the ends of the range of numbers', () => {
    const by = fc.constantFrom(1e-300, 1e-200, 1e-100, 1e-3, 1e3, 1e100, 1e200, 1e300);
    const small = pair.filter(([a, b]) => [a, b].every((v) => v.some((x) => Math.abs(x) > 1e-3)));
    const property = fc.property(small, by, by, ([a, b], byA, byB) => {
      const scaled = cosine(
        a.map((x) => x * byA),
        b.map((x) => x * byB),
      );
      expect(scaled).toBeCloseTo(cosine(a, b) ?? 9, 9);
    });
    fc.assert(property);
  });

  test('a zero vector has no angle to anything', () => {
    expect(cosine([0, 0], [1, 2])).toBeUndefined();
    expect(cosine([1, 2], [0, -0])).toBeUndefined();
    expect(cosine([], [])).toBeUndefined();
    expect(cosineDistance([0], [1])).toBeUndefined();
    expect(decayedCosine([0], [1], { lambdaPerHour: 0.02, hours: 1 })).toBeUndefined();
  });

  test('values that are not finite and unequal lengths are refused', () => {
    expect(() => cosine([1, Number.NaN], [1, 1])).toThrow('dimension 1 is NaN');
    expect(() => cosine([1, 1], [Number.NEGATIVE_INFINITY, 1])).toThrow('dimension 0 is -Infinity');
    expect(() => cosine([0, 0], [Number.NaN, 0])).toThrow(RangeError);
    expect(() => cosine([1], [1, 2])).toThrow('vectors have 1 and 2 dimensions');
  });
});

describe('decay', () => {
  test('what is left after a day for slow and instant categories', () => {
    expect(decayFactor(0.01, 24)).toBeCloseTo(0.787, 3);
    expect(decayFactor(0.05, 24)).toBeCloseTo(0.301, 3);
    // At 0.02 an hour 1/e is left after 50 hours.
    expect(decayFactor(0.02, 50)).toBeCloseTo(1 / Math.E, 15);
  });

  test('never grows with time or lambda, and two spans decay as their sum does', () => {
    const hours = fc.double({ min: 0, max: 1000, noNaN: true });
    const lambda = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(lambda, lambda, hours, hours, (slow, more, first, second) => {
      const factor = decayFactor(slow, first);
      expect(decayFactor(slow, first + second)).toBeLessThanOrEqual(factor);
      expect(decayFactor(slow + more, first)).toBeLessThanOrEqual(factor);
      expect(decayFactor(slow, first + second)).toBeCloseTo(factor * decayFactor(slow, second), 12);
    });
    fc.assert(property);
  });

  test('a decayed cosine is the cosine times what is left, sign kept', () => {
    const left = { lambdaPerHour: 0.05, hours: 24 };
    expect(decayedCosine([1, 0], [2, 0], left)).toBeCloseTo(Math.exp(-1.2), 15);
    expect(decayedCosine([1, 0], [-2, 0], left)).toBeCloseTo(-Math.exp(-1.2), 15);
  });

  test('an event of the future has not decayed', () => {
    expect(decayFactor(0.02, -5)).toBe(1);
    expect(decayFactor(0, 1e6)).toBe(1);
  });

  test('a lambda below 0 and numbers that are not finite are refused', () => {
    expect(() => decayFactor(-0.01, 1)).toThrow('lambda is -0.01 per hour');
    expect(() => decayFactor(Number.POSITIVE_INFINITY, 0)).toThrow(RangeError);
    expect(() => decayFactor(Number.NaN, 1)).toThrow(RangeError);
    expect(() => decayFactor(0.01, Number.NaN)).toThrow('hours is NaN');
    expect(() => decayedCosine([0], [0], { lambdaPerHour: -1, hours: 0 })).toThrow(RangeError);
  });
});
