import type { AnomalyCause } from '../../domain/anomaly.ts';
import type { Found } from './candidate-fit.ts';
import type { GatherLeaves } from './combination-leaves.ts';
import type { Attribution, LeafTable } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';

/** What to tell. */
export interface CauseReport {
  readonly likelihood: Pick<Likelihood, 'actual' | 'expected'>;
  readonly gather: GatherLeaves;
  readonly found: readonly Found[];
  /** Most causes to tell. */
  readonly maxCauses: number;
}

/** Amounts inside a set of leaves. */
interface Part {
  readonly actual: number;
  readonly expected: number;
  readonly leaves: number;
}

/** Tells the most surprising of what was found in terms of the labels. O(leaves · labels) per cause. */
export function describeCauses(table: LeafTable, report: CauseReport): Attribution {
  const { likelihood, gather, found, maxCauses } = report;
  const leaves = new Uint32Array(table.count);
  const partOf = (labels: number, leaf: number): Part =>
    sumLeaves(leaves.subarray(0, gather(labels, leaf, leaves)), likelihood);
  const whole = partOf(0, 0);
  const change = whole.actual - whole.expected;
  const shareOf = (part: Part) => (change === 0 ? 0 : (part.actual - part.expected) / change);
  const told = found
    .map((cause) => {
      const part = partOf(cause.labels, cause.leaf);
      const shareIn = (labels: number) => shareOf(partOf(labels, cause.leaf));
      return { cause, part, surprise: surpriseBits(part, whole), shareIn };
    })
    .sort((a, b) => b.surprise - a.surprise)
    .slice(0, maxCauses);
  const explainedShare = explainedBy(
    told.map(({ cause }) => sumLeaves(cause.leaves, likelihood)),
    change,
  );
  return {
    causes: told.map(
      ({ cause, part, surprise, shareIn }): AnomalyCause => ({
        labels: namedLabels(table, cause),
        share: shareOf(part),
        ratio: cause.effect.ratio,
        ...part,
        pValue: Math.min(1, Math.exp(cause.search - cause.gain)),
        surprise,
        lattice: latticeText(table, cause, shareIn),
      }),
    ),
    explainedShare,
    isUnexplained: explainedShare < 0.5,
  };
}

/**
 * What the causes moved, up or down, against that and the change that is left: 0 to 1, also where causes cancel.
 */
function explainedBy(parts: readonly Part[], change: number): number {
  let moved = 0;
  let left = change;
  for (const { actual, expected } of parts) {
    moved += Math.abs(actual - expected);
    left -= actual - expected;
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
function latticeText(table: LeafTable, cause: Found, shareIn: (labels: number) => number): string {
  const steps = ['everything (100 %)'];
  let fixed = 0;
  for (let left = labelsIn(cause.labels); left.length > 0; ) {
    const shares = left.map((label) => shareIn(fixed | (1 << label)));
    const best = shares.indexOf(Math.max(...shares));
    fixed |= 1 << left[best];
    const names = labelsIn(fixed).map((label) => namedValue(table, label, cause.leaf).join('='));
    steps.push(`${names.join(', ')} (${Math.round(100 * shares[best])} %)`);
    left = left.filter((_, place) => place !== best);
  }
  return steps.join(' > ');
}

function sumLeaves(
  leaves: Uint32Array,
  { actual, expected }: Pick<Likelihood, 'actual' | 'expected'>,
): Part {
  const sums = { actual: 0, expected: 0, leaves: leaves.length };
  for (const leaf of leaves) {
    sums.actual += actual[leaf];
    sums.expected += expected[leaf];
  }
  return sums;
}

function namedLabels(table: LeafTable, { labels, leaf }: Found): Record<string, string> {
  return Object.fromEntries(labelsIn(labels).map((label) => namedValue(table, label, leaf)));
}

function labelsIn(set: number): number[] {
  return Array.from({ length: 12 }, (_, label) => label).filter((label) => (set >> label) & 1);
}

function namedValue({ labels, values, codes }: LeafTable, label: number, leaf: number) {
  return [labels[label], values[label][codes[label][leaf]]] as const;
}
