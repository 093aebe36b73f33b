const detector = (detect) => ({ summary: 'wrong', create: () => detect });
export default {
  name: 'detectors',
  detectors: {
    throws: detector(() => {
      throw new Error('disk on fire');
    }),
    'no-function': detector(42),
    'no-verdict': detector(() => undefined),
    background: detector(async () => ({ isAnomalous: false, expected: 1 })),
    'not-a-number': detector(() => ({ isAnomalous: true, expected: Number.NaN })),
  },
};
