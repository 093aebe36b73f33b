export default {
  name: 'drifting',
  signals: { drift: { summary: 'taken', create: () => ({ see() {}, report: () => [] }) } },
};
