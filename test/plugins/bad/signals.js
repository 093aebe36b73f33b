// Each does what a signal may not, in the first report.
const signal = (report, see = () => {}) => ({
  summary: 'wrong',
  create: () => ({ see, report }),
});
const one = (reading) => signal(() => [reading]);
export default {
  name: 'signals',
  signals: {
    'throws-in-see': signal(
      () => [],
      () => {
        throw new Error('disk on fire');
      },
    ),
    'throws-in-report': signal(() => {
      throw 'a text';
    }),
    'no-see': { summary: 'wrong', create: () => ({ report: () => [] }) },
    'no-list': signal(() => 42),
    background: signal(async () => []),
    'too-many': signal(() =>
      Array.from({ length: 101 }, (_, i) => ({ measure: `m_${i}`, value: 1 })),
    ),
    'not-a-number': one({ measure: 'm', value: Number.NaN }),
    'an-id': one({ measure: 'm', labels: { segment: 'user-7' }, value: 1 }),
    'own-label': one({ measure: 'm', labels: { colour: 'red' }, value: 1 }),
    'bad-measure': one({ measure: 'Mean Seconds', value: 1 }),
    twice: signal(() => [
      { measure: 'm', value: 1 },
      { measure: 'm', value: 2 },
    ]),
  },
};
