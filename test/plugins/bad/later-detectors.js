// Good while they are tried; bad from the value 7777 on.
const detector = (misbehave) => ({
  summary: 'changes its mind',
  create: () => (value) => (value === 7777 ? misbehave() : { isAnomalous: false, expected: value }),
});
export default {
  name: 'later-detectors',
  detectors: {
    throws: detector(() => {
      throw new Error('out of ink');
    }),
    loops: detector(() => {
      for (;;);
    }),
    forgets: detector(() => {
      Promise.reject(new Error('nobody waits'));
      return { isAnomalous: true, expected: 1 };
    }),
    nan: detector(() => ({ isAnomalous: true, expected: Number.NaN })),
  },
};
