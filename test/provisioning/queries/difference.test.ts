import { expect } from 'vitest';
import { differenceOf } from '../../../src/provisioning/queries/difference.ts';
import { testWith } from '../../installed.ts';
import { wrongAnswers } from '../promql-answers.ts';

const rates = (side: string) => ({
  sum: `sum(rate(hits{side="${side}"}[1h]))`,
  trials: `sum(rate(trials{side="${side}"}[1h]))`,
});
const { difference, lower, upper } = differenceOf(
  { baseline: rates('baseline'), candidate: rates('candidate') },
  3600,
);

/** Agresti and Caffo (2000): one hit and one miss more on each side, then the interval of the normal distribution. */
function adjusted([hits, trials]: [number, number], [otherHits, otherTrials]: [number, number]) {
  const p = (hits + 1) / (trials + 2);
  const q = (otherHits + 1) / (otherTrials + 2);
  const half = 1.96 * Math.sqrt((p * (1 - p)) / (trials + 2) + (q * (1 - q)) / (otherTrials + 2));
  return { difference: p - q, lower: p - q - half, upper: p - q + half };
}

const hourly = (count: number) => `0+${count / 60}x60`;

testWith('promtool')(
  'a difference of shares has the interval of the adjusted normal approximation',
  () => {
    const expected = adjusted([120, 1200], [60, 1800]);
    expect(
      wrongAnswers({
        series: {
          'hits{side="baseline"}': hourly(60),
          'trials{side="baseline"}': hourly(1800),
          'hits{side="candidate"}': hourly(120),
          'trials{side="candidate"}': hourly(1200),
        },
        atMinutes: 60,
        expected: [
          { expr: difference, answers: { '{}': expected.difference } },
          { expr: lower, answers: { '{}': expected.lower } },
          { expr: upper, answers: { '{}': expected.upper } },
        ],
      }),
    ).toBe('');
  },
);

testWith('promtool')('without a hit on either side the interval still has a width', () => {
  const expected = adjusted([0, 60], [0, 120]);
  expect(expected.upper - expected.lower).toBeGreaterThan(0.05);
  expect(
    wrongAnswers({
      series: {
        'trials{side="baseline"}': hourly(120),
        'trials{side="candidate"}': hourly(60),
      },
      atMinutes: 60,
      expected: [
        { expr: lower, answers: { '{}': expected.lower } },
        { expr: upper, answers: { '{}': expected.upper } },
      ],
    }),
  ).toBe('');
});

testWith('promtool')('a side without trials has no difference to the other', () => {
  expect(
    wrongAnswers({
      series: {
        'trials{side="baseline"}': hourly(120),
        'hits{side="candidate"}': '0x60',
        'trials{side="candidate"}': '7x60',
      },
      atMinutes: 60,
      expected: [difference, lower, upper].map((expr) => ({ expr, answers: {} })),
    }),
  ).toBe('');
});
