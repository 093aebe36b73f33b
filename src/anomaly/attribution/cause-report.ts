import { createGatherLeaves } from './combination-leaves.ts';
import type { Attribution, Cause, LeafTable } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';
import type { Found } from './pursuit.ts';

/** Amounts inside a set of leaves. */
interface Part {
  readonly actual: number;
  readonly expected: number;
  readonly leaves: number;
}

/** Tells the most surprising of what was found in terms of the labels. O(leaves · labels) per cause. */
export function describeCauses(
  table: LeafTable,
  { actual, expected }: Likelihood,
  { found, maxCauses }: { readonly found: readonly Found[]; readonly maxCauses: number },
): Attribution {
  const gather = createGatherLeaves(table);
  const leaves = new Uint32Array(table.count);
  const partOf = (labels: number, leaf: number): Part => {
    const count = gather(labels, leaf, leaves);
    return sumLeaves(leaves.subarray(0, count), actual, expected);
  };
  const whole = partOf(0, 0);
  const change = whole.actual - whole.expected;
  const shareOf = (part: Part) => (change === 0 ? 0 : (part.actual - part.expected) / change);
  const told = found
    .map((cause) => {
      const part = partOf(cause.labels, cause.leaf);
      return { cause, part, surprise: surpriseBits(part, whole) };
    })
    .sort((a, b) => b.surprise - a.surprise)
    .slice(0, maxCauses);
  const causes = told.map(({ cause, part, surprise }): Cause => {
    return {
      labels: Object.fromEntries(
        labelsIn(cause.labels).map((label) => namedValue(table, label, cause.leaf)),
      ),
      share: shareOf(part),
      ratio: cause.effect.ratio,
      ...part,
      pValue: Math.min(1, Math.exp(cause.search - cause.gain)),
      surprise,
      lattice: latticeText(table, cause, (labels) => shareOf(partOf(labels, cause.leaf))),
    };
  });
  const explainedShare = explainedBy(
    told.map(({ cause }) => cause),
    { actual, expected },
    change,
  );
  return {
    causes,
    explainedShare,
    isUnexplained: explainedShare < 0.5,
  };
}

/**
 * What the causes moved, up or down, against that and the change that is left: 0 to 1, also where causes cancel.
 */
function explainedBy(
  found: readonly Found[],
  { actual, expected }: Pick<Likelihood, 'actual' | 'expected'>,
  change: number,
): number {
  let moved = 0;
  let left = change;
  for (const { leaves } of found) {
    const part = sumLeaves(leaves, actual, expected);
    moved += Math.abs(part.actual - part.expected);
    left -= part.actual - part.expected;
  }
  return moved === 0 ? 0 : moved / (moved + Math.abs(left));
}

/**
 * Jensen-Shannon surprise of a part whose share of the whole went from p to q (Bhagwan et al., NSDI 2014), in bits.
 */
function surpriseBits(part: Part, whole: Part): number {
  const p = whole.expected > 0 ? part.expected / whole.expected : 0;
  const q = whole.actual > 0 ? part.actual / whole.actual : 0;
  const term = (share: number) => (share > 0 ? share * Math.log2((2 * share) / (p + q)) : 0);
  return Math.max(0, (term(p) + term(q)) / 2);
}

/** The way down from everything, at each step the label that keeps most of the change. */
function latticeText(table: LeafTable, cause: Found, shareOf: (labels: number) => number): string {
  const steps = ['everything (100 %)'];
  let fixed = 0;
  for (let left = labelsIn(cause.labels); left.length > 0; ) {
    const shares = left.map((label) => shareOf(fixed | (1 << label)));
    const best = shares.indexOf(Math.max(...shares));
    fixed |= 1 << left[best];
    const names = labelsIn(fixed).map((label) => namedValue(table, label, cause.leaf).join('='));
    steps.push(`${names.join(', ')} (${Math.round(100 * shares[best])} %)`);
    left = left.filter((_, place) => place !== best);
  }
  return steps.join(' > ');
}

function sumLeaves(leaves: Uint32Array, actual: Float64Array, expected: Float64Array): Part {
  const sums = { actual: 0, expected: 0, leaves: leaves.length };
  for (const leaf of leaves) {
    sums.actual += actual[leaf];
    sums.expected += expected[leaf];
  }
  return sums;
}

function labelsIn(set: number): number[] {
  return Array.from({ length: 12 }, (_, label) => label).filter((label) => (set >> label) & 1);
}

function namedValue({ labels, values, codes }: LeafTable, label: number, leaf: number) {
  return [labels[label], values[label][codes[label][leaf]]] as const;
}
