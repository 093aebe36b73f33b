import type { LeafTable } from '../../../src/anomaly/attribution/leaf-table.ts';
import { createRng, type Rng } from '../../../src/math/rng.ts';
import { grid } from './grid.ts';
import { combinationText, type LabelledCase } from './labelled-case.ts';
import { normal } from './normal.ts';
import { readPackedCases } from './packed-cases.ts';
import {
  type Combination,
  leavesOf,
  named,
  syntheticCase,
  syntheticFamilies,
} from './synthetic-cases.ts';

/** What to generate. */
export interface Generation {
  /** S, L, noise-P, null-gaussian-P, null-poisson, null-ratio or scale; P in percent. */
  readonly kind: string;
  readonly cases: number;
  readonly seed: number;
  /** Packed cases that noise-P makes noisier. */
  readonly folder: string | undefined;
}

/** Draws cases; the same ones for the same seed. Throws RangeError for an unknown kind. */
export function* generateCases({ kind, cases, seed, folder }: Generation): Generator<LabelledCase> {
  const rng = createRng(seed);
  if (kind.startsWith('noise-')) {
    if (folder === undefined) throw new RangeError('noise-P needs --data with packed cases');
    yield* noisierCases(folder, percent(kind), rng);
    return;
  }
  const draw = drawers[kind.replace(/-\d+$/, '')];
  if (draw === undefined) throw new RangeError(`unknown kind of cases ${kind}`);
  for (let index = 0; index < cases; index++) yield draw(rng, `${kind}/${index}`, percent(kind));
}

const drawers: Record<string, (rng: Rng, name: string, noise: number) => LabelledCase> = {
  S: (rng, name) => syntheticCase(syntheticFamilies.S, rng, name),
  L: (rng, name) => syntheticCase(syntheticFamilies.L, rng, name),
  'null-gaussian': quietAmounts,
  'null-poisson': quietCounts,
  'null-ratio': quietRatios,
  scale: largeCase,
};

function percent(kind: string): number {
  return Number(/-(\d+)$/.exec(kind)?.[1] ?? 0) / 100;
}

/** Noise of 1 % raised to the given one, as between the levels of the public B sets. */
function* noisierCases(folder: string, noise: number, rng: Rng): Generator<LabelledCase> {
  const added = Math.sqrt(noise ** 2 - 0.01 ** 2);
  for (const { measurement, ...rest } of readPackedCases(folder)) {
    if (measurement.kind !== 'amount') continue;
    const actual = measurement.actual.map((v) => Math.max(0, v * (1 + added * normal(rng))));
    yield { ...rest, measurement: { ...measurement, actual } };
  }
}

const quietGrids = [
  [6, 36, 10, 10],
  [10, 12, 10, 8, 5],
  [5, 8, 4],
  [12, 30, 6, 3],
];

/** A grid with holes and the usual amount of each leaf, log-normal. */
function quietLeaves(rng: Rng, spread: number) {
  const occupied = 0.4 + 0.6 * rng.unit();
  const table = grid(quietGrids[rng.below(quietGrids.length)], () => rng.unit() < occupied);
  const usual = Float64Array.from({ length: table.count }, () =>
    Math.exp(2 + spread * normal(rng)),
  );
  return { table, usual };
}

function quietAmounts(rng: Rng, name: string, noise: number): LabelledCase {
  const { table, usual } = quietLeaves(rng, 1.8);
  const actual = usual.map((amount) => Math.max(0, amount * (1 + noise * normal(rng))));
  return { name, table, measurement: { kind: 'amount', actual, expected: usual }, labels: [] };
}

/** Counts whose expectation is the mean of ten ticks before. */
function quietCounts(rng: Rng, name: string): LabelledCase {
  const { table, usual } = quietLeaves(rng, 1.5);
  const ticks = 10;
  const baseline = usual.map((mean) => poisson(mean * ticks, rng));
  const actual = usual.map((mean) => poisson(mean, rng));
  const expected = baseline.map((events) => events / ticks);
  return { name, table, measurement: { kind: 'count', actual, expected, baseline }, labels: [] };
}

function quietRatios(rng: Rng, name: string): LabelledCase {
  const { table, usual } = quietLeaves(rng, 1.5);
  const rates = usual.map(() => 1 / (1 + Math.exp(3 - 0.5 * normal(rng))));
  const trials = usual.map((mean) => poisson(mean, rng));
  const pastTrials = usual.map((mean) => poisson(10 * mean, rng));
  const hits = trials.map((count, leaf) => binomial(count, rates[leaf], rng));
  const pastHits = pastTrials.map((count, leaf) => binomial(count, rates[leaf], rng));
  const measurement = { kind: 'ratio', hits, trials, pastHits, pastTrials } as const;
  return { name, table, measurement, labels: [] };
}

/** 100,000 leaves of five labels with one to three causes of up to three labels that hide little of each other. */
function largeCase(rng: Rng, name: string): LabelledCase {
  const table = grid([25, 20, 10, 5, 4]);
  const expected = Float64Array.from({ length: table.count }, () =>
    Math.exp(2 + 1.8 * normal(rng)),
  );
  const actual = expected.map((amount) => Math.max(0, amount * (1 + 0.08 * normal(rng))));
  const causes: Combination[] = [];
  for (const wanted = 1 + rng.below(3); causes.length < wanted; ) {
    const cause = drawCause(table, rng);
    if (causes.some((other) => areEntangled(table, cause, other))) continue;
    causes.push(cause);
    const ratio = 0.7 * rng.unit();
    for (const leaf of leavesOf(table, cause))
      actual[leaf] = expected[leaf] * ratio * Math.max(0, 1 + 0.08 * normal(rng));
  }
  const labels = causes.map((cause) => combinationText(named(table, cause)));
  return { name, table, measurement: { kind: 'amount', actual, expected }, labels };
}

function drawCause({ values }: LeafTable, rng: Rng): Combination {
  const order = new Uint32Array(values.length).map((_, label) => label);
  rng.shuffle(order);
  const chosen = [...order.subarray(0, 1 + rng.below(3))];
  return new Map(chosen.map((label) => [label, rng.below(values[label].length)]));
}

/** Whether one of two causes in a full grid hides half of the other or more, so that its own name would be another. */
function areEntangled({ values }: LeafTable, one: Combination, other: Combination): boolean {
  if (one.entries().some(([label, value]) => (other.get(label) ?? value) !== value)) return false;
  const sharedBy = (cause: Combination, by: Combination) =>
    by
      .keys()
      .filter((label) => !cause.has(label))
      .reduce((share, label) => share / values[label].length, 1);
  return Math.max(sharedBy(one, other), sharedBy(other, one)) >= 0.5;
}

/** Knuth's product for small means, the normal limit for large ones. */
function poisson(mean: number, rng: Rng): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(rng)));
  const limit = Math.exp(-mean);
  let events = -1;
  for (let product = 1; product > limit || events < 0; events++) product *= rng.unit();
  return events;
}

function binomial(trials: number, rate: number, rng: Rng): number {
  const mean = trials * rate;
  if (mean * (1 - rate) > 50) {
    const drawn = Math.round(mean + Math.sqrt(mean * (1 - rate)) * normal(rng));
    return Math.min(trials, Math.max(0, drawn));
  }
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) if (rng.unit() < rate) hits += 1;
  return hits;
}
