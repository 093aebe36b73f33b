export default {
  name: 'reranks',
  rerankers: {
    backwards: {
      summary: 'the worst first',
      create: () => ({
        rerank(_, c, wanted) {
          c.ordered = Math.min(c.count, wanted);
          for (let at = 0; at < c.ordered; at++) c.order[at] = c.count - 1 - at;
        },
      }),
    },
  },
};
