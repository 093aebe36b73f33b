import { expect } from 'vitest';
import { known, share } from '../../../src/provisioning/queries/share.ts';
import { testWith } from '../../installed.ts';
import { wrongAnswers } from '../promql-answers.ts';

const of = share('sum by (work) (rate(bad[5m]))', 'sum by (work) (rate(all[5m]))');

testWith('promtool')(
  'a share is 0 where nothing is bad, and absent where there is nothing at all',
  () => {
    expect(
      wrongAnswers({
        series: {
          'all{work="home"}': '0+60x10',
          'bad{work="home"}': '0+15x10',
          'all{work="session"}': '0+60x10',
          'all{work="idle"}': '9x10',
        },
        atMinutes: 10,
        expected: [{ expr: of, answers: { '{work="home"}': 0.25, '{work="session"}': 0 } }],
      }),
    ).toBe('');
  },
);

testWith('promtool')('what is no number is not shown', () => {
  expect(
    wrongAnswers({
      series: { 'n{work="home"}': '0', 'n{work="session"}': '6' },
      atMinutes: 0,
      expected: [{ expr: known('n / n'), answers: { '{work="session"}': 1 } }],
    }),
  ).toBe('');
});
