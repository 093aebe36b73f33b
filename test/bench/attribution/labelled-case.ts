import type { LeafTable, Measurement } from '../../../src/anomaly/attribution/leaf-table.ts';

/** A change whose causes are known. */
export interface LabelledCase {
  readonly name: string;
  readonly table: LeafTable;
  readonly measurement: Measurement;
  /** True causes as `a=a1&b=b2`, labels in alphabetical order; none where nothing happened. */
  readonly labels: readonly string[];
}

/**
 * Writes a combination as the public data sets do.
 *
 * @example combinationText({ b: 'b2', a: 'a1' }) // 'a=a1&b=b2'
 */
export function combinationText(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((label) => `${label}=${labels[label]}`)
    .join('&');
}
