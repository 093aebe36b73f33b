export default {
  name: 'detector-loops',
  detectors: {
    ahead: {
      summary: 'never done',
      create: () => () => {
        for (;;);
      },
    },
  },
};
