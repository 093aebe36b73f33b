import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unitDirections } from '../../../src/math/directions.ts';
import { principalComponents } from '../../../src/math/principal-components.ts';
import { createRng, type Rng } from '../../../src/math/rng.ts';
import { modelKinds } from '../../../src/models/index.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';

/** Folders of one side each; their users are the same people. */
const folders = [
  { names: ['cloth', 'sport'], paths: ['cloth_sport', 'sport_cloth'] },
  { names: ['electronic', 'phone'], paths: ['electronic_phone', 'phone_electronic'] },
] as const;
/** Users on either side of a comparison. */
const users = 1000;
const permutations = 999;
/** The scale of the preset. */
const presetScale = 0.9;

/** One comparison of two domains. */
export interface DomainRow {
  readonly source: string;
  readonly target: string;
  /** Sliced Wasserstein-1 between the users' baskets. */
  readonly distance: number;
  /** What 95 and 99 of 100 random exchanges of labels stay below. */
  readonly null_p95: number;
  readonly null_p99: number;
  readonly ratio_to_p99: number;
  readonly coefficient: number;
  readonly coefficient_preset: number;
}

/**
 * Distances between domains that share users: item2vec over whatever a user bought in both, a basket is the mean of
 * its item vectors, 32 principal components of the source's baskets, 64 directions. Source and target are baskets
 * of different users, so that labels may be exchanged at random. A domain with itself is the control.
 */
export function measureDomains(folder: string, log: (line: string) => void): DomainRow[] {
  return folders.flatMap(({ names, paths }) => {
    const sides = paths.map((path) => readPurchases(join(folder, path, 'train.txt.gz')));
    const baskets = basketsOf(sides);
    log(`${names.join(' and ')}: ${baskets[0].length} users, vectors fitted`);
    const [a, b] = baskets;
    const half = users / 2;
    const both = (from: number) => [
      ...a.slice(from, from + half),
      ...b.slice(from + half, from + users),
    ];
    const first = (side: Basket[]) => side.slice(0, users);
    const second = (side: Basket[]) => side.slice(users, 2 * users);
    const [nameA, nameB] = names;
    const union = names.join('+');
    return [
      compare([nameA, nameB], first(a), second(b)),
      compare([nameB, nameA], first(b), second(a)),
      compare([union, nameA], both(0), second(a)),
      compare([union, nameB], both(0), second(b)),
      compare([nameA, nameA], first(a), second(a)),
      compare([nameB, nameB], first(b), second(b)),
    ];
  });
}

type Basket = Float64Array;

/** Items by user. */
function readPurchases(path: string): Map<number, number[]> {
  const purchases = new Map<number, number[]>();
  for (const line of gunzipSync(readFileSync(path)).toString().split('\n')) {
    if (line === '') continue;
    const [user, item] = line.split('\t').map(Number);
    const known = purchases.get(user);
    if (known === undefined) purchases.set(user, [item]);
    else known.push(item);
  }
  return purchases;
}

/** A basket for each user of each side, users in random order, the same on both sides. */
function basketsOf(sides: readonly ReadonlyMap<number, readonly number[]>[]): Basket[][] {
  const rng = createRng(1);
  const everybody = Int32Array.from([...sides[0].keys()].filter((user) => sides[1].has(user)));
  rng.shuffle(everybody);
  const idsOf = (user: number, side: number) =>
    (sides[side].get(user) ?? []).map((item) => `${side}-${item}`);
  const table = new ItemTable();
  const vectors = fitVectors(
    [...everybody].map((user) => shuffled([...idsOf(user, 0), ...idsOf(user, 1)], rng)),
    table,
  );
  return [0, 1].map((side) =>
    [...everybody].map((user) => meanOf(idsOf(user, side).map((id) => vectors(table.indexOf(id))))),
  );
}

function fitVectors(
  sessions: readonly (readonly string[])[],
  table: ItemTable,
): (item: number) => Float32Array {
  const items = [...new Set(sessions.flat())];
  const codes = new Map(items.map((id, code) => [id, code]));
  const offsets = new Uint32Array(sessions.length + 1);
  for (const [s, session] of sessions.entries()) offsets[s + 1] = offsets[s] + session.length;
  for (const id of items)
    table.upsert({
      id,
      catalog: '',
      categories: [],
      attributes: {},
      hidden: false,
      publishedAtMs: 0,
    });
  const kind = modelKinds.item2vec;
  const interactions = {
    items,
    offsets,
    codes: Uint32Array.from(sessions.flat(), (id) => codes.get(id)!),
    atMs: new Float64Array(sessions.flat().length),
  };
  // A basket has no order: everything in it is near everything else.
  const options = kind.parseOptions({ window: 10, gapDecay: 1, epochs: 10 });
  const payload = kind.fit(interactions, options, () => {});
  const stamp = { kind: 'item2vec', version: 'bench', trainedAtMs: 0 };
  const { vectors } = kind.load(payload, stamp, table);
  return (item) => vectors!.row(item);
}

function shuffled(ids: readonly string[], rng: Rng): string[] {
  const order = Uint32Array.from(ids, (_, i) => i);
  rng.shuffle(order);
  return [...order].map((i) => ids[i]);
}

function meanOf(rows: readonly Float32Array[]): Basket {
  return Float64Array.from(
    rows[0],
    (_, d) => rows.reduce((sum, row) => sum + row[d], 0) / rows.length,
  );
}

function compare(
  [source, target]: readonly [string, string],
  from: readonly Basket[],
  to: readonly Basket[],
): DomainRow {
  const dimensions = from[0].length;
  const matrix = (baskets: readonly Basket[]) => ({
    values: Float64Array.from(baskets.flatMap((basket) => [...basket])),
    count: baskets.length,
    dimensions,
  });
  const axes = principalComponents(matrix(from), 32);
  const pooled = axes.project(matrix([...from, ...to])).values;
  const directions = unitDirections(64, axes.components, createRng(2));
  const slices = Array.from({ length: 64 }, (_, k) =>
    sortSlice(pooled, directions.subarray(k * axes.components, (k + 1) * axes.components)),
  );
  const labels = Uint32Array.from({ length: from.length + to.length }, (_, i) =>
    Number(i >= from.length),
  );
  const measure = () => slices.reduce((sum, slice) => sum + areaBetween(slice, labels), 0) / 64;
  const distance = measure();
  const rng = createRng(3);
  const drawn = Float64Array.from({ length: permutations }, () => {
    rng.shuffle(labels);
    return measure();
  }).sort();
  const p95 = drawn[Math.ceil(0.95 * permutations) - 1];
  const p99 = drawn[Math.ceil(0.99 * permutations) - 1];
  return {
    source,
    target,
    distance: round(distance),
    null_p95: round(p95),
    null_p99: round(p99),
    ratio_to_p99: round(distance / p99),
    coefficient: round(Math.min(1, distance / p99)),
    coefficient_preset: round(Math.min(1, distance / presetScale)),
  };
}

/** Projections of all points in ascending order, and whose they are. */
interface Slice {
  readonly values: Float64Array;
  readonly points: Uint32Array;
}

function sortSlice(points: ArrayLike<number>, direction: Float64Array): Slice {
  const width = direction.length;
  const projected = Float64Array.from({ length: points.length / width }, (_, i) =>
    direction.reduce((sum, value, d) => sum + value * points[i * width + d], 0),
  );
  const order = Uint32Array.from(projected, (_, i) => i).sort(
    (i, j) => projected[i] - projected[j],
  );
  return { values: Float64Array.from(order, (i) => projected[i]), points: order };
}

/** Wasserstein-1 of the two halves of equal size that the labels make of a slice. */
function areaBetween({ values, points }: Slice, labels: Uint32Array): number {
  let lead = 0;
  let area = 0;
  for (let i = 0; i < values.length - 1; i++) {
    lead += labels[points[i]] === 0 ? 1 : -1;
    area += Math.abs(lead) * (values[i + 1] - values[i]);
  }
  return area / (values.length / 2);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
