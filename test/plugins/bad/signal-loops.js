export default {
  name: 'signal-loops',
  signals: {
    ahead: {
      summary: 'never done',
      create: () => ({
        see() {
          for (;;);
        },
        report: () => [],
      }),
    },
  },
};
