import { unitDirections } from '../../math/directions.ts';
import { createRng } from '../../math/rng.ts';
import type { ItemVectors } from '../known/item-columns.ts';
import type { Clicks } from './click-history.ts';
import { type DomainPlan, planDomains } from './domain-plan.ts';
import type { DriftSettings } from './drift-options.ts';
import { type EmbeddingSpace, fitSpace } from './embedding-space.ts';
import { createMembershipDistance } from './membership-distance.ts';
import { drawScales, NullScales } from './null-scales.ts';
import { RecentItems } from './recent-items.ts';
import { blocksOf } from './session-blocks.ts';
import { createSinkhornDistance } from './sinkhorn-distance.ts';
import { createSlicedDistance } from './sliced-distance.ts';
import type { DistanceName, WindowDistance } from './window-distance.ts';

/** A reference, ready to be compared with. */
export interface DriftFit {
  readonly plan: DomainPlan;
  readonly distances: readonly WindowDistance[];
  readonly scales: NullScales;
  /** Finds the scales, spread over its steps. */
  readonly calibration: Generator<number, void, void>;
  /** The last clicks of each domain, begun with those of the reference. */
  readonly recent: readonly RecentItems[];
  /** Clicks in the reference. */
  readonly clicks: number;
  /** Items of the reference. */
  readonly items: Int32Array;
}

/** Items whose coordinates are kept; 8 to 10 MB. */
const maxItems = 16_384;

/**
 * Makes a reference of clicks on items with vectors: its catalogues, their domains and pairs, the frozen space and the
 * distances in it. The scales are not known yet. O(clicks + dimensions³).
 */
export function fitDrift(
  clicks: Clicks,
  { vectors, nameOf }: { vectors: () => ItemVectors; nameOf: (code: number) => string },
  options: DriftSettings,
): DriftFit {
  const counts = new Map<number, number>();
  for (const code of clicks.catalog) counts.set(code, (counts.get(code) ?? 0) + 1);
  const catalogs = [...counts]
    .filter(([, count]) => count >= options.minCatalogEvents)
    .sort(([, a], [, b]) => b - a)
    .slice(0, options.maxCatalogs)
    .map(([code]) => code);
  const plan = planDomains({ ...options, catalogs, nameOf, named: options.pairs });
  const ofDomain = plan.domains.map((domain) => ofCatalogs(clicks, domain.catalogs));
  const distances =
    catalogs.length === 0 ? [] : createDistances({ clicks, plan, ofDomain, vectors }, options);
  const { windowSizes } = options;
  const scales = new NullScales(distances, plan.pairs, windowSizes);
  const blocks = ofDomain.map(({ item, session }) => blocksOf(item, session));
  const rng = createRng(options.seed + 1);
  const { pairs } = plan;
  return {
    plan,
    distances,
    scales,
    calibration: drawScales(scales, { ...options, distances, pairs, blocks, rng }),
    recent: ofDomain.map(({ item }) => recentOf(item, Math.max(...windowSizes))),
    clicks: clicks.count,
    items: Int32Array.from(new Set(clicks.item)),
  };
}

/** The clicks of some catalogues. */
function ofCatalogs(
  { item, session, catalog }: Clicks,
  codes: readonly number[],
): { item: Int32Array; session: Float64Array } {
  const places = catalog.reduce<number[]>((found, code, i) => {
    if (codes.includes(code)) found.push(i);
    return found;
  }, []);
  return {
    item: Int32Array.from(places, (i) => item[i]),
    session: Float64Array.from(places, (i) => session[i]),
  };
}

interface Fitted {
  readonly clicks: Clicks;
  readonly plan: DomainPlan;
  readonly ofDomain: readonly { readonly item: Int32Array }[];
  readonly vectors: () => ItemVectors;
}

function createDistances(fitted: Fitted, options: DriftSettings): WindowDistance[] {
  const { clicks, plan, ofDomain, vectors } = fitted;
  const space = fitSpace(clicks.item, vectors, options.components);
  const references = ofDomain.map(({ item }) => thinned(item, options.profileEvents));
  const clicked = new Map(
    plan.catalogs.map((code) => [code, ofCatalogs(clicks, [code]).item] as const),
  );
  const { domains } = plan;
  const kinds: Record<DistanceName, () => WindowDistance> = {
    sliced: () => {
      const directions = drawDirections(space, options);
      return createSlicedDistance({ space, directions, references, maxItems });
    },
    membership: () =>
      createMembershipDistance({ ...options, vectors, domains, references, clicked, maxItems }),
    sinkhorn: () => createSinkhornDistance({ space, references }, options.sinkhorn),
  };
  return options.distances.map((name) => kinds[name]());
}

function drawDirections(
  { components }: EmbeddingSpace,
  { directions, seed }: DriftSettings,
): Float64Array {
  return unitDirections(directions, components, createRng(seed));
}

/** At most `limit` of the items, evenly spread. */
function thinned(items: Int32Array, limit: number): Int32Array {
  const count = Math.min(limit, items.length);
  return Int32Array.from(
    { length: count },
    (_, i) => items[Math.floor((i * items.length) / count)],
  );
}

function recentOf(items: Int32Array, capacity: number): RecentItems {
  const recent = new RecentItems(capacity);
  for (const item of items.subarray(-capacity)) recent.push(item);
  return recent;
}
