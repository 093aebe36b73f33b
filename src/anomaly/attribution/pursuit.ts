import { CandidateFit, type Found } from './candidate-fit.ts';
import type { GatherLeaves } from './combination-leaves.ts';
import { bitCount } from './cuboid-steps.ts';
import type { LeafTable } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';
import { type Candidate, Screening } from './screening.ts';

/** What to search in, and how. */
export interface PursuitOptions {
  readonly likelihood: Likelihood;
  readonly gather: GatherLeaves;
  /** Whether all leaves together may be a cause. */
  readonly includeEverything: boolean;
  /** Asked often; true ends the search with what was found. */
  readonly isLate: () => boolean;
}

/** Leaves that share the values of some labels, and the labels that are free among them. */
interface Region {
  readonly leaves: Uint32Array;
  readonly fixed: number;
  readonly free: number;
  /** Nats of naming the region. */
  readonly search: number;
  /** Share of what the region gains as one cause that each cause in place of it must gain on top. */
  readonly margin: number;
}

/** Prior nats of a first cause: e^-5 bounds how often quiet leaves show one, if the likelihood is right. */
const firstCost = 5;
const nextCost = 0;
/** Causes that take a combination apart must each gain this share of it on top. */
const splitMargin = 0.25;
const mostCauses = 24;
const mostFits = 60;
/** Candidates that promise less than this share of the best so far are not fitted. */
const leastPromise = 0.5;

/**
 * Finds the combinations that explain a change by pursuit of the shortest description: takes the combination that gains
 * most over leaves without a cause after the cost of naming it, looks whether combinations inside it explain it clearly
 * better, and goes on with the leaves that are left. Each leaf belongs to one cause. O(labels · cells of all cuboids) per
 * cause.
 */
export function pursueCauses(table: LeafTable, options: PursuitOptions): Found[] {
  const leaves = new Uint32Array(table.count).map((_, leaf) => leaf);
  const free = 2 ** table.labels.length - 1;
  return new Pursuit(table, options).searchIn({ leaves, fixed: 0, free, search: 0, margin: 0 }, 0);
}

class Pursuit {
  readonly #options: PursuitOptions;
  readonly #covered: Uint8Array;
  readonly #candidateFit: CandidateFit;
  readonly #screening: Screening;
  readonly #usedCuboids = new Set<number>();

  constructor(table: LeafTable, options: PursuitOptions) {
    const { likelihood, gather, isLate } = options;
    this.#options = options;
    this.#covered = new Uint8Array(table.count);
    this.#candidateFit = new CandidateFit(likelihood, gather, this.#covered);
    this.#screening = new Screening(table, likelihood, isLate);
  }

  /** Causes inside a region; in place of one of net `rival` they must be clearly better, so small ones end it. */
  searchIn(region: Region, rival: number): Found[] {
    const found: Found[] = [];
    let net = 0;
    while (found.length < mostCauses && !this.#options.isLate()) {
      const isBetter = net > (1 + region.margin * found.length) * rival;
      const isFirst = rival === 0 && found.length === 0;
      const best = this.#bestOf(region, isFirst, isBetter ? 0 : region.margin * rival);
      if (best === undefined) break;
      const parts = this.#partsOf(region, best);
      found.push(...parts);
      net += netOf(parts);
    }
    return found;
  }

  #bestOf(region: Region, isFirst: boolean, floor: number): Found | undefined {
    const { includeEverything, isLate } = this.#options;
    const candidates = this.#screening
      .list(region.leaves, region.free, this.#covered)
      .filter(({ labels }) => labels !== 0 || (isFirst && includeEverything));
    const cost = isFirst ? firstCost : nextCost;
    let best: Found | undefined;
    let least = floor;
    for (const { labels, ...candidate } of candidates.slice(0, mostFits)) {
      if (isLate() || candidate.promise < leastPromise * least) break;
      const whole = { ...candidate, labels: labels | region.fixed };
      const search = region.search + candidate.choices + this.#cuboidNats(whole, region);
      const found = this.#candidateFit.fit(whole, { search, cost, least });
      if (found !== undefined) [best, least] = [found, found.net];
    }
    return best;
  }

  /** Nats of naming the cuboid of a candidate: first how many labels it fixes, then which. */
  #cuboidNats({ labels }: Candidate, { free, fixed }: Region): number {
    if (this.#usedCuboids.has(labels)) return Math.LN2;
    const choices = bitCount(free);
    const layer = bitCount(labels & ~fixed);
    let nats = Math.log(choices + 1);
    for (let i = 1; i <= layer; i++) nats += Math.log((choices - layer + i) / i);
    return nats;
  }

  /** The causes inside a combination where they explain it clearly better, else itself. */
  #partsOf(region: Region, whole: Found): Found[] {
    const { leaves, labels, search } = whole;
    const free = region.free & ~labels;
    if (free !== 0 && leaves.length > 1) {
      const usedBefore = [...this.#usedCuboids];
      // A combination may suit its leaves badly and still be the cause; everything is one only where nothing tells more.
      const margin = labels === 0 ? 0 : splitMargin;
      const parts = this.searchIn({ leaves, fixed: labels, free, search, margin }, whole.net);
      if (netOf(parts) > (1 + margin * parts.length) * whole.net) return parts;
      this.#usedCuboids.clear();
      for (const cuboid of usedBefore) this.#usedCuboids.add(cuboid);
      this.#cover(leaves, 0);
    }
    this.#usedCuboids.add(labels);
    this.#cover(leaves, 1);
    return [whole];
  }

  #cover(leaves: Uint32Array, mark: 0 | 1): void {
    for (const leaf of leaves) this.#covered[leaf] = mark;
  }
}

function netOf(causes: readonly Found[]): number {
  return causes.reduce((sum, { net }) => sum + net, 0);
}
