// Anomalous above a limit.
export default {
  name: 'limit',
  detectors: {
    limit: {
      summary: 'above a limit',
      options: {
        '~standard': {
          version: 1,
          validate: ({ atMost = 10 }) =>
            typeof atMost === 'number'
              ? { value: { atMost } }
              : { issues: [{ message: 'must be a number', path: ['atMost'] }] },
        },
      },
      create:
        ({ atMost }) =>
        (value) => ({ isAnomalous: value > atMost, expected: atMost }),
    },
  },
};
