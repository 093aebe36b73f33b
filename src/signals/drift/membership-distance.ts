import { createSampleProfile, type SampleProfile } from '../../math/sample-profile.ts';
import type { ItemVectors } from '../known/item-columns.ts';
import type { Domain } from './domain-plan.ts';
import { createItemRows } from './item-rows.ts';
import type { WindowDistance } from './window-distance.ts';

/** How membership is worked out. */
export interface MembershipOptions {
  readonly vectors: () => ItemVectors;
  readonly domains: readonly Domain[];
  /** Clicked items of each domain. */
  readonly references: readonly Int32Array[];
  /** Clicked items of each catalogue, by its code. */
  readonly clicked: ReadonlyMap<number, Int32Array>;
  /** Steepness of the kernel. */
  readonly sharpness: number;
  /** Items that stand for all catalogues together, in equal parts. */
  readonly prototypes: number;
  /** Misplaced clicks in the smallest window that must not reach the scale. */
  readonly strays: number;
  readonly windowSizes: readonly number[];
  readonly maxItems: number;
}

/**
 * Wasserstein-1 between the memberships of a window's items in its own domain and those of the reference. The
 * membership of an item is the probability that a click on it belongs to the domain, from kernel densities in the
 * embedding, exp(sharpness · (cosine - 1)), with each catalogue as likely as the others. Items of the domain have
 * nearly 1 and others nearly 0, so the distance is about the share of misplaced clicks: a few of them show.
 * What happens inside the domain does not. O(prototypes · dimensions) for a new item, then O(n log m) a window.
 */
export function createMembershipDistance(options: MembershipOptions): WindowDistance {
  const { domains, references, clicked, prototypes, strays, maxItems } = options;
  const catalogs = [...clicked.keys()];
  const kernels = catalogs.map((code) =>
    createDensity(clicked.get(code)!, Math.ceil(prototypes / catalogs.length), options),
  );
  const rows = createItemRows({
    width: catalogs.length,
    maxRows: maxItems,
    fill: (item, row) => {
      let sum = 0;
      for (let c = 0; c < row.length; c++) sum += row[c] = kernels[c](item);
      // An item that is like nothing known belongs nowhere.
      for (let c = 0; c < row.length; c++) row[c] /= sum || 1;
    },
  });
  const members = domains.map((domain) => domain.catalogs.map((code) => catalogs.indexOf(code)));
  const row = new Float64Array(catalogs.length);
  const memberships = (items: Int32Array, domain: number): Float64Array =>
    Float64Array.from(items, (item) => {
      rows.copy(item, row, 0);
      return members[domain].reduce((sum, c) => sum + row[c], 0);
    });
  const profiles: SampleProfile[] = [];
  const profileOf = (domain: number): SampleProfile => {
    profiles[domain] ??= createSampleProfile(memberships(references[domain], domain));
    return profiles[domain];
  };
  return {
    name: 'membership',
    judges: ({ source, target }) =>
      source === target && domains[source].catalogs.length < catalogs.length,
    measure(items, sources, out) {
      const filled = rows.filled;
      for (const [s, source] of sources.entries())
        out[s] = profileOf(source).distanceTo(memberships(items, source).sort());
      const { dimensions } = options.vectors();
      return (rows.filled - filled) * prototypes * dimensions + 100 * items.length;
    },
    leastScale(source, size) {
      // The reference has none at all, so how their number varies is that of rare events: with its square root.
      const allowed = Math.floor(strays * Math.sqrt(size / Math.min(...options.windowSizes)));
      // Halfway between those that are allowed and one more.
      return (profileOf(source).mean * (allowed + 0.5)) / size;
    },
    forgetItems: rows.clear,
  };
}

/** The density of a catalogue's clicks at an item, from its most clicked items. */
function createDensity(
  clicked: Int32Array,
  prototypes: number,
  { vectors, sharpness }: Pick<MembershipOptions, 'vectors' | 'sharpness'>,
): (item: number) => number {
  const counts = new Map<number, number>();
  for (const item of clicked) counts.set(item, (counts.get(item) ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, prototypes);
  const total = most.reduce((sum, [, count]) => sum + count, 0);
  const { dimensions } = vectors();
  const table = new Float32Array(most.length * dimensions);
  const weights = Float64Array.from(most, ([, count]) => count / total);
  for (const [p, [item]] of most.entries())
    table.set(
      vectors().values.subarray(item * dimensions, (item + 1) * dimensions),
      p * dimensions,
    );
  return (item) => {
    const { values } = vectors();
    const from = item * dimensions;
    let density = 0;
    for (let p = 0, at = 0; p < weights.length; p++) {
      let cosine = 0;
      for (let d = 0; d < dimensions; d++) cosine += table[at++] * values[from + d];
      density += weights[p] * Math.exp(sharpness * (cosine - 1));
    }
    return density;
  };
}
