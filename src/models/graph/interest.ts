import type { SparseMatrix } from '../../math/sparse.ts';

/** How interest spreads. */
export interface InterestOptions {
  /** Steps from an item at most, 1 to 3; the last one is to an item alike. */
  readonly depth: number;
  /** What is left of the interest after each step over users. */
  readonly decay: number;
  /** Items that one item's interest reaches at most. */
  readonly keep?: number;
  /** Items whose reach is remembered. */
  readonly capacity?: number;
}

/** Where the interest in one item goes. */
export interface Reach {
  /** Item codes. */
  readonly codes: Uint32Array;
  readonly weights: Float32Array;
}

/**
 * Makes the propagation of interest: from an item over up to `depth` - 1 steps to items with the same users (`company`, a
 * row an item, shares), and from each of those to items that are alike (`alike`, a row an item). What an item reaches
 * is worked out when it is asked for first, and forgotten when `capacity` others were asked for since.
 */
export function createInterest(
  { company, alike }: { readonly company: SparseMatrix; readonly alike: SparseMatrix },
  { depth, decay, keep = 1000, capacity = 5000 }: InterestOptions,
): (item: number) => Reach {
  const known = new Map<number, Reach>();
  const sums = new Float32Array(alike.columns);
  return (item) => {
    let reach = known.get(item);
    known.delete(item);
    reach ??= strongest(spread(item, { company, alike, depth, decay }, sums), sums, keep);
    if (known.size >= capacity) known.delete(known.keys().next().value!);
    known.set(item, reach);
    return reach;
  };
}

/** Adds up what is reached in `sums`; answers the items. */
function spread(
  item: number,
  graph: { company: SparseMatrix; alike: SparseMatrix; depth: number; decay: number },
  sums: Float32Array,
): number[] {
  const { company, alike, depth, decay } = graph;
  const reached: number[] = [];
  let mass = new Map([[item, 1]]);
  for (let step = 1; step <= depth; step++) {
    for (const [from, weight] of mass)
      for (let at = alike.offsets[from]; at < alike.offsets[from + 1]; at++) {
        if (sums[alike.codes[at]] === 0) reached.push(alike.codes[at]);
        sums[alike.codes[at]] += weight * alike.values[at];
      }
    const next = new Map<number, number>();
    for (const [from, weight] of step < depth ? mass : [])
      for (let at = company.offsets[from]; at < company.offsets[from + 1]; at++) {
        const to = company.codes[at];
        next.set(to, (next.get(to) ?? 0) + decay * weight * company.values[at]);
      }
    mass = next;
  }
  return reached;
}

function strongest(reached: number[], sums: Float32Array, keep: number): Reach {
  const kept = reached.sort((a, b) => sums[b] - sums[a] || a - b).slice(0, keep);
  const reach = {
    codes: Uint32Array.from(kept),
    weights: Float32Array.from(kept, (code) => sums[code]),
  };
  for (const code of reached) sums[code] = 0;
  return reach;
}
