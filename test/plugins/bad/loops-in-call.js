export default {
  name: 'loops-in-call',
  scorers: {
    wild: {
      summary: 'never done',
      create: () => ({
        score() {
          for (;;);
        },
      }),
    },
  },
};
