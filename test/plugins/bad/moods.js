// Good while it is tried: it looks at the items to know. In a shop it does what its options say.
const isTrial = ({ table }) => table.ids[0]?.startsWith('trial-');
const kept = [];
const moods = {
  good: () => {},
  throws() {
    throw new Error('out of ideas');
  },
  rejects: () => Promise.reject(new Error('out of ideas')),
  hangs: () => new Promise(() => {}),
  loops() {
    for (;;);
  },
  async leaks() {
    for (;;) {
      for (let i = 0; i < 10; i++) kept.push(new Array(10_000).fill(i));
      await null;
    }
  },
  exits: () => process.exit(3),
  nan: (scores) => void scores.fill(Number.NaN),
};
const options = {
  '~standard': {
    version: 1,
    validate(value) {
      if (value.mood === 'stuck') for (;;);
      return Object.hasOwn(moods, value.mood ?? 'good')
        ? { value: { mood: value.mood ?? 'good' } }
        : { issues: [{ message: `is no mood: ${value.mood}`, path: ['mood'] }] };
    },
  },
};
export default {
  name: 'moods',
  retrievers: {
    moody: {
      summary: 'brings the first items, in a mood',
      options,
      create: ({ mood }) => ({
        retrieve(context, hits, limit) {
          if (!isTrial(context) && mood !== 'nan') {
            const pending = moods[mood]();
            if (pending !== undefined) return pending;
          }
          for (let i = 0; i < limit && i < 8; i++) {
            const item = context.table.indexOf(`A${i}`);
            if (item >= 0) hits.items[hits.count++] = item;
          }
        },
      }),
    },
  },
  scorers: {
    moody: {
      summary: 'scores by number, in a mood',
      options,
      create: ({ mood }) => ({
        score(context, { items, count }, scores) {
          for (let row = 0; row < count; row++) {
            scores[row] = 100 - Number(context.table.ids[items[row]].slice(1)) || 1;
          }
          return isTrial(context) ? undefined : moods[mood](scores);
        },
      }),
    },
  },
};
