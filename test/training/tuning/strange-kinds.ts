import { modelKinds } from '../../../src/models/index.ts';
import type { ModelKind } from '../../../src/models/model.ts';
import { popular } from '../../../src/models/popular.ts';
import { listenForTrial } from '../../../src/training/tuning/trial-process.ts';

/** What a fit can do to its process. */
export const modes = [
  'fine',
  'throws',
  'exits',
  'heap',
  'one-array',
  'killed',
  'buffer',
  'nan',
  'endless',
] as const;

interface StrangeOptions {
  readonly mode: (typeof modes)[number];
  readonly megabytes: number;
}

const hoard: unknown[] = [];

const misbehave: Record<StrangeOptions['mode'], () => void> = {
  fine() {},
  throws() {
    throw new Error('vectors ran away');
  },
  exits() {
    process.exit(3);
  },
  heap() {
    for (;;) hoard.push(new Array(10_000).fill(0.5));
  },
  // One allocation that is larger than what is left is worse than many small ones: nothing can be unwound any more.
  'one-array'() {
    const numbers: number[] = [];
    for (let i = 0.5; ; i++) numbers.push(i);
  },
  killed() {
    process.kill(process.pid, 'SIGKILL');
  },
  buffer() {
    throw new RangeError('Array buffer allocation failed');
  },
  nan() {
    process.send?.({
      say: 'judged',
      score: Number.NaN,
      ndcgs: new Float64Array(1),
      seconds: 0,
    });
  },
  endless() {
    for (;;) hoard.length = 0;
  },
};

/** A kind that fails in the way it is told to, and is `popular` otherwise. */
export const strange: ModelKind<StrangeOptions> = {
  kind: 'strange',
  learns: true,
  defaults: { mode: 'fine', megabytes: 0 },
  parseOptions: (raw) => raw as StrangeOptions,
  searchSpace: { mode: { choices: modes } },
  memoryBytes: (_, { megabytes }) => megabytes * 2 ** 20,
  fit(interactions, { mode }, progress) {
    misbehave[mode]();
    return popular.fit(interactions, popular.defaults, progress);
  },
  load: popular.load,
};

if (import.meta.main) {
  Object.assign(modelKinds, { strange });
  listenForTrial();
}
