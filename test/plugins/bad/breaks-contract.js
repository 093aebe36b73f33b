const scorer = (score) => ({ summary: 'against its contract', create: () => ({ score }) });
const retriever = (retrieve) => ({ summary: 'against its contract', create: () => ({ retrieve }) });
const bring = (items) =>
  retriever((_, hits) => {
    hits.items.set(items.slice(0, hits.items.length));
    hits.count = items.length;
  });
const rerank = (rows) => ({
  summary: 'against its contract',
  create: () => ({
    rerank(_, candidates) {
      candidates.order.set(rows);
      candidates.ordered = rows.length;
    },
  }),
});
export default {
  name: 'breaks-contract',
  retrievers: {
    'too-many': retriever((_, hits, limit) => {
      hits.count = limit + 1;
    }),
    'out-of-range': bring([0, 1_000_000]),
    negative: bring([-1]),
    'twice-the-same': bring([1, 2, 1]),
  },
  scorers: {
    'not-finite': scorer((_, { count }, scores) => void scores.fill(Number.NaN, 0, count)),
    beyond: scorer((_, { count }, scores) => void scores.fill(1, 0, count + 1)),
    'wrong-length': scorer((_, candidates) => {
      candidates.count = 3;
    }),
    detached: scorer(
      (_, __, scores) => void structuredClone(scores, { transfer: [scores.buffer] }),
    ),
  },
  rerankers: {
    'rows-twice': rerank([1, 1]),
    'no-row': rerank([5000]),
    background: { summary: '', create: () => ({ rerank: async () => {} }) },
  },
  filters: {
    seven: {
      summary: '',
      create: () => ({ judge: (_, __, count, keep) => void keep.fill(7, 0, count) }),
    },
    background: { summary: '', create: () => ({ judge: () => Promise.reject(new Error('late')) }) },
  },
  stages: {
    infinite: {
      summary: '',
      create: () => ({ adjust: (_, { scores }) => void scores.fill(Number.POSITIVE_INFINITY) }),
    },
  },
};
