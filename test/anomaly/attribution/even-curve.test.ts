import { expect, test } from 'vitest';
import { EvenCurve } from '../../../src/anomaly/attribution/even-curve.ts';

test('a tabulated curve is that curve between its points, on both sides and at its ends', () => {
  const curve = new EvenCurve((x) => Math.cos(x), 0.01, 2);
  for (const x of [-2, -1.2345, -0.005, 0, 0.004, 0.005, 0.77777, 1.995, 2])
    expect(curve.at(x)).toBeCloseTo(Math.cos(x), 6);
});

test('parabolas are kept exactly', () => {
  const curve = new EvenCurve((x) => 3 - 2 * x * x, 0.25, 2);
  for (let x = -2; x <= 2; x += 0.03) expect(curve.at(x)).toBeCloseTo(3 - 2 * x * x, 12);
});
