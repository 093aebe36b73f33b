import { definePlugin } from '../../../src/plugins/plugin.ts';

interface Options {
  readonly type: string;
}

/** Time from an answer to the first feedback of a type that names it, by work. */
export default definePlugin({
  name: 'dwell',
  signals: {
    dwell: {
      summary: 'seconds from an answer to its first click',
      options: {
        '~standard': {
          version: 1 as const,
          validate: (given: unknown) => {
            const { type = 'click' } = given as Partial<Options>;
            return typeof type === 'string'
              ? { value: { type } }
              : { issues: [{ message: 'must be a text', path: ['type'] }] };
          },
        },
      },
      create({ type }: Options) {
        const servedAtMs = new Map<number, number>();
        const sums = new Map<string, { seconds: number; count: number }>();
        return {
          see({ kind, request, atMs, type: given, work }) {
            if (kind === 'request') servedAtMs.set(request, atMs);
            const since = servedAtMs.get(request);
            if (kind !== 'feedback' || given !== type || since === undefined) return;
            const sum = sums.get(work) ?? { seconds: 0, count: 0 };
            sum.seconds += (atMs - since) / 1000;
            sum.count += 1;
            sums.set(work, sum);
          },
          report: () =>
            [...sums].map(([work, { seconds, count }]) => ({
              measure: 'dwell_mean_seconds',
              labels: { work },
              value: seconds / count,
              samples: count,
            })),
        };
      },
    },
  },
});
