/** A cuboid to sum, and which sums to begin with. */
export interface CuboidStep {
  /** Labels it fixes, as a bit set. */
  readonly labels: number;
  /** Its sums come from those of the last step whose level is one less; level 0 are the leaves. */
  readonly level: number;
}

/** Of more labels not all cuboids are looked at. */
const fewLabels = 8;
/** Most labels that a combination of many labels fixes. */
const mostFixed = 3;

/**
 * The order to sum all cuboids over the `free` labels in, from the finest down to that of all leaves. Each comes
 * from the one with one label more that has the fewest combinations, the label of fewest values (the smallest parent of
 * Agarwal et al., On the Computation of Multidimensional Aggregates, VLDB 1996). Of more than 8 labels only the cuboids
 * of up to 3, coarse ones first and all from the leaves. `widths` are the numbers of values by label.
 *
 * @example cuboidSteps(3, [2, 9]) // labels and level: 3 0, 1 1, 0 2, 2 1
 */
export function cuboidSteps(free: number, widths: readonly number[]): readonly CuboidStep[] {
  if (bitCount(free) > fewLabels)
    return subsetsOf(free)
      .map((labels) => ({ labels, size: bitCount(labels) }))
      .filter(({ size }) => size <= mostFixed)
      .sort((a, b) => a.size - b.size || a.labels - b.labels)
      .map(({ labels }) => ({ labels, level: 1 }));
  const droppable = widths
    .map((width, label) => ({ width, bit: 1 << label }))
    .filter(({ bit }) => (free & bit) !== 0)
    .sort((a, b) => b.width - a.width)
    .map(({ bit }) => bit);
  return rolledUp({ labels: free, level: 0 }, droppable);
}

/** How many labels a set has. */
export function bitCount(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

function rolledUp(step: CuboidStep, droppable: readonly number[]): CuboidStep[] {
  return [
    step,
    ...droppable.flatMap((bit, place) =>
      rolledUp({ labels: step.labels & ~bit, level: step.level + 1 }, droppable.slice(place + 1)),
    ),
  ];
}

function subsetsOf(set: number): number[] {
  const subsets = [0];
  for (let labels = set; labels > 0; labels = (labels - 1) & set) subsets.push(labels);
  return subsets;
}
