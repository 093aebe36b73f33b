import type { LeafTable } from '../../../src/anomaly/attribution/leaf-table.ts';
import type { Rng } from '../../../src/math/rng.ts';
import { grid } from './grid.ts';
import { combinationText, type LabelledCase } from './labelled-case.ts';
import { normal } from './normal.ts';

/** A family of RiskLoc's synthetic data (Kalander 2022). */
export interface SyntheticFamily {
  readonly sizes: readonly number[];
  readonly mostNoise: number;
  readonly mostAnomalies: number;
  readonly mostElements: number;
  readonly leastSeverity: number;
  readonly mostDeviation: number;
  /** Whether causes give every label a value. */
  readonly leavesOnly: boolean;
}

export const syntheticFamilies = {
  S: {
    sizes: [10, 12, 10, 8, 5],
    mostNoise: 0.25,
    mostAnomalies: 3,
    mostElements: 3,
    leastSeverity: 0.2,
    mostDeviation: 0.1,
    leavesOnly: false,
  },
  L: {
    sizes: [10, 24, 10, 15],
    mostNoise: 0.1,
    mostAnomalies: 5,
    mostElements: 1,
    leastSeverity: 0.5,
    mostDeviation: 0,
    leavesOnly: true,
  },
} as const satisfies Record<string, SyntheticFamily>;

/** One instance: noisy forecasts of heavy-tailed amounts, and anomalies that all go one way. */
export function syntheticCase(family: SyntheticFamily, rng: Rng, name: string): LabelledCase {
  const { sizes } = family;
  const table = grid(sizes);
  const zeroRate = 0.25 * rng.unit();
  const noise = family.mostNoise * rng.unit();
  const shape = 0.5 + 0.5 * rng.unit();
  const actual = new Float64Array(table.count);
  const expected = new Float64Array(table.count);
  for (let leaf = 0; leaf < table.count; leaf++) {
    const amount = rng.unit() < zeroRate ? 0 : 100 * (-Math.log(1 - rng.unit())) ** (1 / shape);
    const forecast = Math.max(0, amount * (1 + noise * normal(rng)));
    const swapped = rng.unit() < 0.5;
    actual[leaf] = swapped ? forecast : amount;
    expected[leaf] = swapped ? amount : forecast;
  }
  const isRise = sum(actual) > sum(expected);
  const [moved, base] = isRise ? [expected, actual] : [actual, expected];
  const labels: string[] = [];
  for (const { combinations, severity, deviation } of drawAnomalies(
    family,
    table,
    actual,
    rng,
    noise,
  ))
    for (const combination of combinations) {
      labels.push(combinationText(named(table, combination)));
      for (const leaf of leavesOf(table, combination))
        moved[leaf] = base[leaf] * Math.max(0, 1 - severity - deviation * normal(rng));
    }
  return { name, table, measurement: { kind: 'amount', actual, expected }, labels };
}

/** Values by label; a label that is free is absent. */
export type Combination = ReadonlyMap<number, number>;

function drawAnomalies(
  family: SyntheticFamily,
  table: LeafTable,
  actual: Float64Array,
  rng: Rng,
  noise: number,
) {
  const labelCount = family.sizes.length;
  const usedCuboids = new Set<string>();
  const usedValues = family.sizes.map(() => new Set<number>());
  return Array.from({ length: 1 + rng.below(family.mostAnomalies) }, () => {
    const layer = family.leavesOnly ? labelCount : 1 + rng.below(labelCount);
    const cuboid = drawCuboid(labelCount, layer, usedCuboids, rng);
    const wanted = 1 + rng.below(family.mostElements);
    const combinations: Combination[] = [];
    for (let tries = 0; combinations.length < wanted && tries < 1000; tries++) {
      const combination = drawCombination(family.sizes, cuboid, usedValues, rng);
      const text = [...combination].join();
      if (combinations.some((other) => [...other].join() === text)) continue;
      if (layer === labelCount && !leavesOf(table, combination).some((leaf) => actual[leaf] > 0))
        continue;
      combinations.push(combination);
    }
    for (const combination of combinations)
      for (const [label, value] of combination) usedValues[label].add(value);
    return {
      combinations,
      severity: family.leastSeverity + (1 - family.leastSeverity) * rng.unit() + noise,
      deviation: family.mostDeviation * rng.unit(),
    };
  });
}

function drawCuboid(labelCount: number, layer: number, used: Set<string>, rng: Rng): number[] {
  for (let tries = 0; ; tries++) {
    const labels = Uint32Array.from({ length: labelCount }, (_, label) => label);
    rng.shuffle(labels);
    const cuboid = [...labels.subarray(0, layer)].sort();
    if (layer < labelCount && used.has(cuboid.join()) && tries < 1000) continue;
    used.add(cuboid.join());
    return cuboid;
  }
}

function drawCombination(
  sizes: readonly number[],
  cuboid: readonly number[],
  used: readonly ReadonlySet<number>[],
  rng: Rng,
): Combination {
  return new Map(
    cuboid.map((label) => {
      let value = rng.below(sizes[label]);
      const isFull = used[label].size === sizes[label];
      while (!isFull && used[label].has(value)) value = rng.below(sizes[label]);
      return [label, value];
    }),
  );
}

/** Leaves that carry the combination. */
export function leavesOf({ codes, count }: LeafTable, combination: Combination): number[] {
  const leaves: number[] = [];
  for (let leaf = 0; leaf < count; leaf++)
    if (combination.entries().every(([label, value]) => codes[label][leaf] === value))
      leaves.push(leaf);
  return leaves;
}

/** The combination with its names. */
export function named({ labels, values }: LeafTable, combination: Combination) {
  return Object.fromEntries(
    [...combination].map(([label, value]) => [labels[label], values[label][value]]),
  );
}

function sum(column: Float64Array): number {
  return column.reduce((total, value) => total + value, 0);
}
