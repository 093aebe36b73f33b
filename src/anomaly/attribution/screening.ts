import { CuboidCells, RollUp } from './cuboid-cells.ts';
import { CuboidKeys } from './cuboid-keys.ts';
import { cuboidSteps } from './cuboid-steps.ts';
import type { LeafTable } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';

/** A combination: the labels it fixes, as a bit set, to the values of one of its leaves. */
export interface Candidate {
  readonly labels: number;
  readonly leaf: number;
  /** Nats that the screening expects it to gain. */
  readonly promise: number;
  /** ln of the number of combinations of its cuboid. */
  readonly choices: number;
}

/**
 * Lists the most promising combinations over the `free` labels among `leaves` that no cause covers yet, at most 8 of
 * each cuboid, best first; also that of no labels.
 */
export type Screen = (leaves: Uint32Array, free: number, covered: Uint8Array) => Candidate[];

const mostPerCuboid = 8;

/**
 * Makes a screening: sums over every combination of every cuboid what its leaves would gain, each under an effect of its
 * own (`broad`) and all under one small effect (`score`), and takes the greater. Each cuboid is summed from a finer one,
 * so a call costs O(labels · cells of all cuboids), at most O(leaves · labels · 2^labels); `isLate` ends it between two
 * cuboids.
 */
export function createScreening(
  table: LeafTable,
  { normal, broad, score, information }: Likelihood,
  isLate: () => boolean,
): Screen {
  const rollUp = new RollUp(new CuboidKeys(table));
  const widths = table.values.map(({ length }) => length);
  const levels = [new CuboidCells(table.count)];
  return (leaves, free, covered) => {
    const open = levels[0];
    open.count = 0;
    for (const leaf of leaves)
      if (covered[leaf] === 0)
        open.add(leaf, broad[leaf] - normal[leaf], score[leaf], information[leaf]);
    const found: Candidate[] = [];
    for (const { labels, level } of cuboidSteps(free, widths)) {
      if (isLate()) break;
      if (level > 0) {
        const finer = levels[level - 1];
        if (!(levels[level]?.leaves.length >= finer.count))
          levels[level] = new CuboidCells(finer.count);
        rollUp.fill(levels[level], labels, finer);
      }
      found.push(...mostPromising(levels[level], labels));
    }
    return found.sort(byPromise);
  };
}

function mostPromising({ leaves, sums, count }: CuboidCells, labels: number): Candidate[] {
  const choices = Math.log(count);
  const best: Candidate[] = [];
  let least = choices;
  for (let cell = 0; cell < count; cell++) {
    const spread = sums[3 * cell + 2];
    const pooled = spread > 0 ? sums[3 * cell + 1] ** 2 / (2 * spread) : 0;
    const promise = Math.max(sums[3 * cell], pooled);
    if (promise <= least) continue;
    best.push({ labels, leaf: leaves[cell], promise, choices });
    if (best.length <= mostPerCuboid) continue;
    best.sort(byPromise).pop();
    least = best[mostPerCuboid - 1].promise;
  }
  return best;
}

/** Best first after the cost of choosing; equal ones by fewer labels. */
function byPromise(a: Candidate, b: Candidate): number {
  return b.promise - b.choices - (a.promise - a.choices) || a.labels - b.labels;
}
