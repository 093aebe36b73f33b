// Good while they are tried, which shows 25 events; bad as soon as an event names the work "bad".
const signal = (misbehave) => ({
  summary: 'changes its mind',
  create() {
    let isBad = false;
    return {
      see({ work }) {
        if (work !== 'bad') return;
        isBad = true;
        misbehave.see?.();
      },
      report: (nowMs) => (isBad && misbehave.report ? misbehave.report(nowMs) : []),
    };
  },
});
let reports = 0;
export default {
  name: 'later',
  signals: {
    throws: signal({
      see() {
        throw new Error('out of ink');
      },
    }),
    loops: signal({
      see() {
        for (;;);
      },
    }),
    forgets: signal({
      see() {
        Promise.reject(new Error('nobody waits'));
      },
    }),
    nan: signal({ report: () => [{ measure: 'm', value: Number.NaN }] }),
    many: signal({
      report: () => Array.from({ length: 1000 }, (_, i) => ({ measure: `m_${i}`, value: 1 })),
    }),
    grows: signal({
      report: () =>
        Array.from({ length: 60 }, (_, i) => ({ measure: `m_${reports++}_${i}`, value: 1 })),
    }),
    fine: signal({ report: () => [{ measure: 'bad_works', labels: { work: 'bad' }, value: 1 }] }),
  },
};
