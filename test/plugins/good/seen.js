// Counts the answers of each work.
export default {
  name: 'seen',
  signals: {
    seen: {
      summary: 'answers of each work',
      create() {
        const counts = new Map();
        return {
          see({ kind, work }) {
            if (kind === 'request') counts.set(work, (counts.get(work) ?? 0) + 1);
          },
          report: () =>
            [...counts].map(([work, value]) => ({
              measure: 'answers',
              labels: { work },
              value,
              samples: value,
            })),
        };
      },
    },
  },
};
