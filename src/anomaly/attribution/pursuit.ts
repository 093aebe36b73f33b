import { createGatherLeaves } from './combination-leaves.ts';
import type { LeafTable } from './leaf-table.ts';
import type { Effect, Likelihood } from './likelihood.ts';
import { bitCount } from './cuboid-steps.ts';
import { type Candidate, createScreening } from './screening.ts';

/** A combination with its effect. */
export interface Found extends Candidate {
  readonly effect: Effect;
  /** Leaves it explains, and ln p of each under it. */
  readonly leaves: Uint32Array;
  readonly fitted: Float64Array;
  /** Nats it gains over leaves that nothing happened to, less the cost of its effect. */
  readonly gain: number;
  /** Nats of naming it among all combinations. */
  readonly search: number;
  /** Nats it gains after all costs. */
  readonly net: number;
}

/** How to search. */
export interface PursuitOptions {
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
 * better, and goes on with the leaves that are left. Each leaf belongs to one cause. O(leaves · 2^labels) per cause.
 */
export function pursueCauses(
  table: LeafTable,
  likelihood: Likelihood,
  { includeEverything, isLate }: PursuitOptions,
): Found[] {
  const { count } = table;
  const covered = new Uint8Array(count);
  const gather = createGatherLeaves(table);
  const screen = createScreening(table, likelihood, isLate);
  const usedCuboids = new Set<number>();
  const leaves = new Uint32Array(count);
  const fitted = new Float64Array(count);

  /** The candidate with its effect, where its net is above `least`. */
  const evaluate = (
    candidate: Candidate,
    { search, cost, least }: { search: number; cost: number; least: number },
  ): Found | undefined => {
    const all = gather(candidate.labels, candidate.leaf, leaves);
    let size = 0;
    for (let i = 0; i < all; i++) if (covered[leaves[i]] === 0) leaves[size++] = leaves[i];
    if (size === 0) return undefined;
    const effect = likelihood.fit(leaves, size, fitted);
    let gain = -effect.cost;
    for (let i = 0; i < size; i++) gain += fitted[i] - likelihood.normal[leaves[i]];
    const net = gain - search - cost;
    if (!(net > least)) return undefined;
    return {
      ...candidate,
      effect,
      leaves: leaves.slice(0, size),
      fitted: fitted.slice(0, size),
      gain,
      search,
      net,
    };
  };

  const bestOf = (region: Region, isFirst: boolean, floor: number): Found | undefined => {
    let best: Found | undefined;
    let least = floor;
    const consider = (candidate: Candidate): void => {
      const cuboid = usedCuboids.has(candidate.labels)
        ? Math.LN2
        : cuboidNats(region.free, candidate.labels & ~region.fixed);
      const search = region.search + candidate.choices + cuboid;
      const cost = isFirst ? firstCost : nextCost;
      const found = evaluate(candidate, { search, cost, least });
      if (found === undefined) return;
      best = found;
      least = found.net;
    };
    const candidates = screen(region.leaves, region.free, covered).filter(
      ({ labels }) => labels !== 0 || (isFirst && includeEverything),
    );
    for (const candidate of candidates.slice(0, mostFits)) {
      if (isLate() || candidate.promise < leastPromise * least) break;
      consider({ ...candidate, labels: candidate.labels | region.fixed });
    }
    return best;
  };

  /** Causes inside a region; in place of one of net `rival` they must be clearly better, so small ones end it. */
  const searchIn = (region: Region, rival: number): Found[] => {
    const found: Found[] = [];
    let net = 0;
    while (found.length < mostCauses && !isLate()) {
      const isBetter = net > (1 + splitMargin * found.length) * rival;
      const isFirst = rival === 0 && found.length === 0;
      const best = bestOf(region, isFirst, isBetter ? 0 : splitMargin * rival);
      if (best === undefined) break;
      const parts = partsOf(region, best);
      found.push(...parts);
      net += netOf(parts);
    }
    return found;
  };

  /** The causes inside a combination where they explain it clearly better, else itself. */
  const partsOf = (region: Region, whole: Found): Found[] => {
    const free = region.free & ~whole.labels;
    if (free !== 0 && whole.leaves.length > 1) {
      const usedBefore = [...usedCuboids];
      const { search, labels } = whole;
      const parts = searchIn({ leaves: whole.leaves, fixed: labels, free, search }, whole.net);
      if (netOf(parts) > (1 + splitMargin * parts.length) * whole.net) return parts;
      usedCuboids.clear();
      for (const cuboid of usedBefore) usedCuboids.add(cuboid);
      for (const leaf of whole.leaves) covered[leaf] = 0;
    }
    usedCuboids.add(whole.labels);
    for (const leaf of whole.leaves) covered[leaf] = 1;
    return [whole];
  };

  const everything = Uint32Array.from({ length: count }, (_, leaf) => leaf);
  const free = 2 ** table.labels.length - 1;
  return searchIn({ leaves: everything, fixed: 0, free, search: 0 }, 0);
}

function netOf(causes: readonly Found[]): number {
  return causes.reduce((sum, { net }) => sum + net, 0);
}

/** Nats of naming a cuboid: first how many labels it fixes, then which. */
function cuboidNats(free: number, fixed: number): number {
  const labels = bitCount(free);
  const layer = bitCount(fixed);
  let nats = Math.log(labels + 1);
  for (let i = 1; i <= layer; i++) nats += Math.log((labels - layer + i) / i);
  return nats;
}
