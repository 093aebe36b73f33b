import { CuboidCells } from './cuboid-cells.ts';
import { CuboidGrouping, type Grouping } from './cuboid-grouping.ts';
import { type CuboidStep, cuboidSteps } from './cuboid-steps.ts';
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

const mostPerCuboid = 8;
/** Groupings of all leaves are kept up to as many leaves, 64 MB. */
const mostKept = 2 ** 24;

/**
 * Sums over every combination of every cuboid what its leaves would gain, each under an effect of its own (`broad`) and
 * all under one small effect (`score`), and takes the greater. Each cuboid is summed from a finer one, so a call costs
 * O(labels · cells of all cuboids), at most O(leaves · labels · 2^labels).
 */
export class Screening {
  readonly #likelihood: Likelihood;
  readonly #isLate: () => boolean;
  readonly #widths: readonly number[];
  readonly #count: number;
  readonly #grouping: CuboidGrouping;
  /** How all leaves are grouped, by step. */
  readonly #kept: Grouping[] = [];
  #keptLeaves = 0;
  readonly #levels: CuboidCells[] = [];

  /** `isLate` ends a screening between two cuboids. */
  constructor(table: LeafTable, likelihood: Likelihood, isLate: () => boolean) {
    this.#likelihood = likelihood;
    this.#isLate = isLate;
    this.#widths = table.values.map(({ length }) => length);
    this.#count = table.count;
    this.#grouping = new CuboidGrouping(table);
  }

  /**
   * Lists the most promising combinations over the `free` labels among `leaves` that no cause covers yet, at most 8 of
   * each cuboid, best first; also that of no labels.
   */
  list(leaves: Uint32Array, free: number, covered: Uint8Array): Candidate[] {
    const isWhole = leaves.length === this.#count && free === 2 ** this.#widths.length - 1;
    this.#fillFinest(leaves, covered);
    const found: Candidate[] = [];
    for (const [place, step] of cuboidSteps(free, this.#widths).entries()) {
      if (this.#isLate()) break;
      if (step.level > 0) this.#rollUp(step, isWhole ? place : undefined);
      found.push(...mostPromising(this.#levels[step.level], step.labels));
    }
    return found.sort(byPromise);
  }

  #fillFinest(leaves: Uint32Array, covered: Uint8Array): void {
    const { normal, broad, score, information } = this.#likelihood;
    const finest = this.#cellsOf(0);
    finest.reset(leaves.length);
    const { sums } = finest;
    finest.leaves.set(leaves);
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      if (covered[leaf] === 1) continue;
      sums[4 * i] = broad[leaf] - normal[leaf];
      sums[4 * i + 1] = score[leaf];
      sums[4 * i + 2] = information[leaf];
      sums[4 * i + 3] = 1;
    }
  }

  #rollUp({ labels, level }: CuboidStep, place: number | undefined): void {
    const finer = this.#levels[level - 1];
    const { into, firsts } = this.#groupingOf(finer, labels, place);
    const cells = this.#cellsOf(level);
    cells.reset(firsts.length);
    cells.leaves.set(firsts);
    cells.addUp(finer, into);
  }

  #cellsOf(level: number): CuboidCells {
    this.#levels[level] ??= new CuboidCells();
    return this.#levels[level];
  }

  #groupingOf({ leaves, count }: CuboidCells, labels: number, place: number | undefined) {
    const kept = place === undefined ? undefined : this.#kept[place];
    if (kept !== undefined) return kept;
    const { into, firsts } = this.#grouping.group(leaves.subarray(0, count), labels);
    if (place !== undefined && this.#keptLeaves + count <= mostKept) {
      this.#keptLeaves += count;
      this.#kept[place] = { into: into.slice(), firsts: firsts.slice() };
    }
    return { into, firsts };
  }
}

function mostPromising({ leaves, sums, count }: CuboidCells, labels: number): Candidate[] {
  let distinct = 0;
  for (let cell = 0; cell < count; cell++) if (sums[4 * cell + 3] > 0) distinct += 1;
  if (distinct === 0) return [];
  const choices = Math.log(distinct);
  const best: Candidate[] = [];
  let least = choices;
  for (let cell = 0; cell < count; cell++) {
    const spread = sums[4 * cell + 2];
    const pooled = spread > 0 ? sums[4 * cell + 1] ** 2 / (2 * spread) : 0;
    const promise = Math.max(sums[4 * cell], pooled);
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
