import type { SparseMatrix } from '../../math/sparse.ts';
import { sparseOf } from '../../math/sparse.ts';
import type { AttributeTable } from '../attribute-table.ts';

/** What kind of attribute a name is. */
export type AttributeRole = 'category' | 'brand' | 'tag' | 'number' | 'ignore';

/** What attributes are, by name, and how much they count beside each other. */
export type AttributeSchema = Readonly<
  Record<
    string,
    { readonly role?: AttributeRole | undefined; readonly weight?: number | undefined }
  >
>;

/** Items by what is known of them: a row an item, unit length, a column a feature. */
export interface ItemFeatures {
  readonly matrix: SparseMatrix;
  /** Name of each feature: `category=shoes/boots`, `brand=Acme`, `price#3`. */
  readonly names: readonly string[];
}

/** The same features, empty where fewer than two of the first `warm` items have one: there is nothing to learn of it. */
export function supportedFeatures({ matrix, names }: ItemFeatures, warm: number): ItemFeatures {
  const counts = new Uint32Array(matrix.columns);
  for (let at = 0; at < matrix.offsets[warm]; at++) counts[matrix.codes[at]] += 1;
  const values = matrix.values.map((value, at) => (counts[matrix.codes[at]] < 2 ? 0 : value));
  return { matrix: { ...matrix, values }, names };
}

/** Places on a number's axis that have a feature each. */
const knots = 8;

/**
 * Makes features of attributes by a schema. A category `a/b/c` is three features, one a level, so that items of a new leaf
 * share those of its parents; each other label is one; a number is spread over the two nearest of eight quantiles, which
 * a linear layer makes a broken line of. Labels count by how rare they are, ln(1 + items / items with it), each attribute
 * is scaled to unit length, then the row of all. By default a name `category` is a category, `brand` is a brand, and
 * others are tags; all weigh 1. O(entries · log entries).
 */
export function itemFeatures(
  ids: readonly string[],
  attributes: AttributeTable | undefined,
  schema: AttributeSchema = {},
): ItemFeatures {
  const names = new Map<string, number>();
  const entries: [number, number, number][] = [];
  const rowOf = new Map(attributes?.ids.map((id, row) => [id, row]));
  const featureOf = (name: string): number => {
    const known = names.get(name) ?? names.size;
    names.set(name, known);
    return known;
  };
  for (const group of attributes === undefined ? [] : groupsOf(attributes, schema)) {
    const rows = ids.map((id) => featuresIn(group, rowOf.get(id)));
    const counts = new Map<string, number>();
    for (const row of rows)
      for (const { name } of row) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [item, row] of rows.entries()) {
      const weights = row.map(({ name, share }) =>
        group.isNumber ? share : share * Math.log1p(ids.length / counts.get(name)!),
      );
      const length = Math.hypot(...weights);
      for (const [i, { name }] of row.entries())
        if (length > 0) entries.push([item, featureOf(name), (group.weight * weights[i]) / length]);
    }
  }
  const matrix = sparseOf(ids.length, Math.max(1, names.size), entries);
  return { matrix: withUnitRows(matrix), names: [...names.keys()] };
}

interface Feature {
  readonly name: string;
  readonly share: number;
}

/** One attribute: the features of each row of the table. */
interface Group {
  readonly weight: number;
  readonly isNumber: boolean;
  of(row: number): readonly Feature[];
}

function featuresIn(group: Group, row: number | undefined): readonly Feature[] {
  return row === undefined ? [] : group.of(row);
}

function groupsOf(attributes: AttributeTable, schema: AttributeSchema): Group[] {
  const { labels, offsets, codes, numbers } = attributes;
  const nameOf = labels.map((label) => attributeOf(label));
  const groups: Group[] = [];
  for (const name of new Set(nameOf)) {
    const { weight = 1 } = schema[name] ?? {};
    const role = roleOf(name, schema);
    if (role === 'ignore' || weight === 0) continue;
    groups.push({
      weight,
      isNumber: false,
      of: (row) =>
        [...new Set(codes.subarray(offsets[row], offsets[row + 1]))]
          .filter((code) => nameOf[code] === name)
          .flatMap((code) => (role === 'category' ? levelsOf(labels[code]) : [labels[code]]))
          .filter((label, i, all) => all.indexOf(label) === i)
          .map((label) => ({ name: label, share: 1 })),
    });
  }
  for (const [name, values] of Object.entries(numbers)) {
    const { role, weight = 1 } = schema[name] ?? {};
    if (role === 'ignore' || weight === 0) continue;
    const places = quantilesOf(values);
    groups.push({ weight, isNumber: true, of: (row) => spread(name, values[row], places) });
  }
  return groups;
}

/** The role of the labels with this name. */
export function roleOf(name: string, schema: AttributeSchema): AttributeRole {
  const usual = name === 'category' || name === 'brand' ? name : 'tag';
  return schema[name]?.role ?? usual;
}

/**
 * The name of the attribute of a label.
 *
 * @example attributeOf('category=shoes') // 'category'
 */
export function attributeOf(label: string): string {
  const at = label.indexOf('=');
  return at < 0 ? 'tag' : label.slice(0, at);
}

/**
 * The levels of a category from the top down; an empty one is passed over.
 *
 * @example levelsOf('category=a/b') // ['category=a', 'category=a/b']
 */
export function levelsOf(label: string): string[] {
  const name = `${attributeOf(label)}=`;
  const path = label.slice(label.startsWith(name) ? name.length : 0).split('/');
  const levels: string[] = [];
  for (const part of path) {
    if (part === '') continue;
    levels.push(levels.length === 0 ? name + part : `${levels[levels.length - 1]}/${part}`);
  }
  return levels;
}

/** Different values at even shares of those that are there, rising; empty where there are none. */
function quantilesOf(values: Float32Array): number[] {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return [];
  const places = Array.from(
    { length: knots },
    (_, k) => sorted[Math.round((k * (sorted.length - 1)) / (knots - 1))],
  );
  return [...new Set(places)];
}

/** A value between two places belongs to both, the nearer one more; beyond the ends to the end. */
function spread(name: string, value: number, places: readonly number[]): Feature[] {
  if (!Number.isFinite(value) || places.length === 0) return [];
  const above = places.findIndex((place) => place >= value);
  if (above <= 0) {
    const end = above === 0 ? 0 : places.length - 1;
    return [{ name: `${name}#${end}`, share: 1 }];
  }
  const share = (value - places[above - 1]) / (places[above] - places[above - 1]);
  return [
    { name: `${name}#${above - 1}`, share: 1 - share },
    { name: `${name}#${above}`, share },
  ].filter((feature) => feature.share > 0);
}

function withUnitRows(matrix: SparseMatrix): SparseMatrix {
  const { rows, offsets, values } = matrix;
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(offsets[row], offsets[row + 1]);
    const length = Math.hypot(...own);
    for (let i = 0; i < own.length; i++) own[i] /= length;
  }
  return matrix;
}
