/** What a client attaches to a thing, kept as it came: null, text, a number, a list of either, or names with any of these. */
export type Labels =
  | null
  | string
  | number
  | readonly string[]
  | readonly number[]
  | { readonly [name: string]: Labels };

/** One label with the whole of its path: `colour`, `brand.country`; empty for labels without names. */
export type FlatLabel = readonly [path: string, value: string | number];

/**
 * Labels as a list of paths and values, each text of a list by itself. Lists of numbers are vectors, which are no
 * labels: they are left out.
 *
 * @example flattenLabels({ brand: { country: 'it' }, tags: ['a', 'b'], embedding: [0.1] }) // [['brand.country', 'it'], ['tags', 'a'], ['tags', 'b']]
 */
export function flattenLabels(labels: Labels | undefined, path = ''): FlatLabel[] {
  if (labels === undefined || labels === null) return [];
  if (typeof labels !== 'object') return [[path, labels]];
  if (isList(labels))
    return labels.flatMap((value): FlatLabel[] =>
      typeof value === 'string' ? [[path, value]] : [],
    );
  return Object.entries(labels).flatMap(([name, value]) =>
    flattenLabels(value, path === '' ? name : `${path}.${name}`),
  );
}

/**
 * The list of numbers at a path of labels; undefined where there is none.
 *
 * @example vectorAt({ text: { embedding: [1, 2] } }, 'text.embedding') // [1, 2]
 */
export function vectorAt(labels: Labels | undefined, path: string): readonly number[] | undefined {
  let at: Labels | undefined = labels;
  for (const name of path === '' ? [] : path.split('.')) {
    if (at === null || typeof at !== 'object' || isList(at) || !Object.hasOwn(at, name))
      return undefined;
    at = at[name];
  }
  if (at === null || typeof at !== 'object' || !isList(at) || at.length === 0) return undefined;
  return at.every((value) => typeof value === 'number') ? (at as readonly number[]) : undefined;
}

const isList = (labels: Labels & object): labels is readonly string[] | readonly number[] =>
  Array.isArray(labels);
