import { definePlugin } from '../../../src/plugins/plugin.ts';
import { ages } from './ages.ts';

export default definePlugin({
  name: 'newest',
  retrievers: {
    evens: {
      summary: 'the items with even numbers',
      create: () => ({
        retrieve({ table }, hits, limit) {
          for (let i = 0; i < 40 && hits.count < limit; i += 2) {
            const item = table.indexOf(`A${i}`);
            if (item < 0) continue;
            hits.items[hits.count] = item;
            hits.scores[hits.count++] = 40 - i;
          }
        },
      }),
    },
  },
  scorers: {
    newest: {
      summary: 'the newest first',
      create: () => ({
        score: ({ table, nowMs }, { items, count }, scores) =>
          ages(table, { items, count, nowMs }, scores),
      }),
    },
  },
});
