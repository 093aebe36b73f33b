import { describe, expect, test } from 'vitest';
import { createCountLikelihood } from '../../../src/anomaly/attribution/count-likelihood.ts';
import { createRng } from '../../../src/math/rng.ts';
import { normalSample, poissonSample } from './count-samples.ts';

/** Information of one event at leaves that expect 10 and at leaves that expect 300, where leaves scatter so. */
function informationOfAnEvent(draw: (rng: ReturnType<typeof createRng>, mean: number) => number) {
  const rng = createRng(21);
  const expected = Float64Array.from({ length: 1000 }, (_, leaf) => (leaf < 500 ? 10 : 300));
  const { information } = createCountLikelihood({
    kind: 'count',
    actual: expected.map((mean) => draw(rng, mean)),
    expected,
    baseline: expected.map((mean) => 1000 * mean),
  });
  return [information[0] / 10, information[999] / 300];
}

describe('estimateDispersion', () => {
  test('an event of Poisson traffic is one event', () => {
    const [small, large] = informationOfAnEvent(poissonSample);
    expect(small).toBeGreaterThan(0.9);
    expect(large).toBeGreaterThan(0.9);
  });

  test('of events that come four at a time each is a quarter, at small and large leaves', () => {
    const [small, large] = informationOfAnEvent((rng, mean) => 4 * poissonSample(rng, mean / 4));
    expect(Math.abs(small - 0.25)).toBeLessThan(0.05);
    expect(Math.abs(large - 0.25)).toBeLessThan(0.05);
  });

  test('where rates fluctuate by 20 % the events of large leaves say less', () => {
    const [small, large] = informationOfAnEvent((rng, mean) =>
      poissonSample(rng, mean * Math.exp(0.2 * normalSample(rng))),
    );
    // 1 / (1 + 0.04 · mean).
    expect(Math.abs(small - 1 / 1.4)).toBeLessThan(0.12);
    expect(Math.abs(large - 1 / 13)).toBeLessThan(0.02);
  });

  test('a few leaves to which something happened are not taken for noise', () => {
    let drawn = 0;
    const [small, large] = informationOfAnEvent((rng, mean) =>
      poissonSample(rng, drawn++ % 50 === 0 ? mean * 4 : mean),
    );
    expect(small).toBeGreaterThan(0.75);
    expect(large).toBeGreaterThan(0.75);
  });
});
