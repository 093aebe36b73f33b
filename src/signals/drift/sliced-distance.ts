import { createSampleProfile, type SampleProfile } from '../../math/sample-profile.ts';
import type { EmbeddingSpace } from './embedding-space.ts';
import { createItemRows } from './item-rows.ts';
import type { WindowDistance } from './window-distance.ts';

/**
 * Sliced Wasserstein-1 (Rabin et al. 2012) between item vectors in the space of the reference: the mean over unit
 * directions of the exact distance in one dimension. Sees any change of the distribution, and needs many clicks.
 * A window of n costs O(directions · (n log n + sources · n log m)).
 *
 * @example createSlicedDistance({ space, directions: unitDirections(64, 32, rng), references, maxItems: 16_384 })
 */
export function createSlicedDistance({
  space,
  directions,
  references,
  maxItems,
}: {
  readonly space: EmbeddingSpace;
  /** Row-major, one unit vector of the space a row. */
  readonly directions: Float64Array;
  /** Clicked items of each domain. */
  readonly references: readonly Int32Array[];
  /** Items whose projections are kept. */
  readonly maxItems: number;
}): WindowDistance {
  const width = directions.length / space.components;
  const coordinates = new Float64Array(space.components);
  const rows = createItemRows({
    width,
    maxRows: maxItems,
    fill: (item, row) => {
      space.project(item, coordinates);
      for (let k = 0, at = 0; k < width; k++) {
        let dot = 0;
        for (let d = 0; d < coordinates.length; d++) dot += coordinates[d] * directions[at++];
        row[k] = dot;
      }
    },
  });
  let table = new Float64Array(0);
  /** Puts the projections of the items into `table`, one row an item. */
  const project = (items: Int32Array) => {
    if (table.length < items.length * width) table = new Float64Array(items.length * width);
    for (let i = 0; i < items.length; i++) rows.copy(items[i], table, i * width);
  };
  const sortedColumn = (k: number, column: Float64Array): Float64Array => {
    for (let i = 0; i < column.length; i++) column[i] = table[i * width + k];
    return column.sort();
  };
  const profiles: SampleProfile[][] = [];
  /** Numbers in the profiles so far. */
  let profiled = 0;
  const profilesOf = (domain: number): SampleProfile[] => {
    const items = references[domain];
    const known = profiles[domain];
    if (known !== undefined) return known;
    project(items);
    profiled += width * items.length;
    profiles[domain] = Array.from({ length: width }, (_, k) =>
      createSampleProfile(sortedColumn(k, new Float64Array(items.length))),
    );
    return profiles[domain];
  };
  return {
    name: 'sliced',
    judges: () => true,
    measure(items, sources, out) {
      const before = profiled;
      const against = sources.map(profilesOf);
      project(items);
      const column = new Float64Array(items.length);
      out.fill(0, 0, sources.length);
      for (let k = 0; k < width; k++) {
        sortedColumn(k, column);
        for (let s = 0; s < sources.length; s++) out[s] += against[s][k].distanceTo(column) / width;
      }
      const made = 80 * (profiled - before);
      return made + width * items.length * (10 + 40 * sources.length);
    },
    leastScale: () => 0,
    forgetItems: rows.clear,
  };
}
