import { expect } from 'vitest';
import {
  happened,
  observed,
  observedQuantile,
} from '../../../src/provisioning/queries/happened.ts';
import { testWith } from '../../installed.ts';
import { wrongAnswers } from '../promql-answers.ts';

const scope = { matchers: ['job="sightline"'], window: '10m', keep: [] };
const dropped = (labels: string) => `sightline_events_dropped_total{job="sightline",${labels}}`;

testWith('promtool')('a first increment counts, and so do those after it', () => {
  const wrong = wrongAnswers({
    series: {
      // Each changes at minute 25; the window of minute 30 begins at 20.
      [dropped('reason="born"')]: '_x24 3x10',
      [dropped('reason="risen"')]: '5x24 7x10',
      [dropped('reason="still"')]: '5x40',
      [dropped('reason="reset"')]: '5x24 1x10',
      [dropped('reason="other",instance="b"')]: '_x24 1 3x10',
      [dropped('reason="gone"')]: '_x3 1x5 stale',
    },
    atMinutes: 30,
    expected: [
      {
        expr: happened(scope, 'events_dropped_total', {
          by: ['reason'],
          where: { reason: '!=other' },
        }),
        // `increase` spreads what it sees over the whole window.
        answers: {
          '{reason="born"}': 3,
          '{reason="risen"}': 2,
          '{reason="still"}': 0,
          '{reason="reset"}': 1,
        },
      },
      {
        expr: happened(scope, 'events_dropped_total', { where: { reason: 'other' } }),
        answers: { '{}': 3 },
      },
      {
        expr: happened(scope, 'events_dropped_total', { by: ['reason'], window: '2m' }),
        answers: Object.fromEntries(
          ['born', 'risen', 'still', 'reset', 'other'].map((reason) => [`{reason="${reason}"}`, 0]),
        ),
      },
    ],
  });
  expect(wrong).toBe('');
});

testWith('promtool')('what never happened has no answer', () => {
  const wrong = wrongAnswers({
    series: {},
    atMinutes: 30,
    expected: [
      { expr: happened(scope, 'events_dropped_total'), answers: {} },
      { expr: observedQuantile(scope, [0.5, 'training_duration_seconds']), answers: {} },
    ],
  });
  expect(wrong).toBe('');
});

testWith('promtool')('a single observation has a quantile', () => {
  const bucket = (le: string) =>
    `sightline_training_duration_seconds_bucket{job="sightline",model="cbow",le="${le}"}`;
  const wrong = wrongAnswers({
    series: {
      [bucket('5.0')]: '_x24 0x10',
      [bucket('10.0')]: '_x24 1x10',
      [bucket('+Inf')]: '_x24 1x10',
      'sightline_training_duration_seconds_count{job="sightline",model="cbow"}': '_x24 1x10',
    },
    atMinutes: 30,
    expected: [
      {
        expr: observedQuantile(scope, [0.5, 'training_duration_seconds'], { by: ['model'] }),
        answers: { '{model="cbow"}': 7.5 },
      },
      {
        expr: observed(scope, 'training_duration_seconds', { by: ['model'] }),
        answers: { '{model="cbow"}': 1 },
      },
    ],
  });
  expect(wrong).toBe('');
});
