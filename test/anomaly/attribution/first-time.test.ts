import { expect, test } from 'vitest';
import { attribute } from '../../../src/anomaly/attribution/attribute.ts';
import { createRng } from '../../../src/math/rng.ts';

const labels = ['catalog', 'segment', 'work'];
const values = [
  ['shoes', 'coats', 'hats', 'bags'],
  ['de', 'pl', 'fr', 'it'],
  ['home', 'session', 'similar'],
];
const rows = values[0].flatMap((_, c) =>
  values[1].flatMap((_, s) => values[2].map((_, w) => [c, s, w])),
);
const codes = labels.map((_, label) => Uint32Array.from(rows, (row) => row[label]));
const table = { labels, values, count: rows.length, codes };

/** What is found where only coats have hits, and nobody had any before. */
function find({ rate, trials, seed }: { rate: number; trials: number; seed: number }) {
  const rng = createRng(seed);
  const hits = Float64Array.from(rows, ([catalog]) => {
    let found = 0;
    if (catalog === 1) for (let t = 0; t < trials; t++) if (rng.unit() < rate) found += 1;
    return found;
  });
  const none = new Float64Array(rows.length);
  return attribute(table, {
    kind: 'ratio',
    hits,
    trials: none.map(() => trials),
    pastHits: none,
    pastTrials: none.map(() => 40 * trials),
  });
}

test.each([
  [1, 12],
  [0.5, 12],
  [0.3, 40],
  [0.05, 100],
])(
  'what happens to %d of the requests and never did before is traced to its value, at %d requests a leaf',
  (rate, trials) => {
    for (const seed of [1, 2, 3]) {
      const { causes, isUnexplained } = find({ rate, trials, seed });
      expect(causes.map(({ labels: found }) => found)).toEqual([{ catalog: 'coats' }]);
      expect(isUnexplained).toBe(false);
    }
  },
);
