import type { FeatureLookup, FeatureValue } from '../../stores/features/feature-store.ts';

/** The names of a path, as `price.net`; none for an empty one. */
export function pathOf(field: string): readonly string[] {
  return field === '' ? [] : field.split('.');
}

/** What stands at a path of names inside a value. */
export function reach(
  value: FeatureValue | undefined,
  path: readonly string[],
): FeatureValue | undefined {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as { readonly [name: string]: FeatureValue })[name];
  }
  return at;
}

/** The finite number at a path of what was found, or NaN. */
export function numberOf(lookup: FeatureLookup | undefined, path: readonly string[]): number {
  if (lookup?.state !== 'present') return Number.NaN;
  const value = reach(lookup.row, path);
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}
