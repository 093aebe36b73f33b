export default {
  name: 'throws-in-create',
  scorers: {
    wild: {
      summary: 'cannot be made',
      create() {
        throw new Error('no weights');
      },
    },
  },
};
