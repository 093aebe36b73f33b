import type { NamedPair } from './domain-plan.ts';
import type { SinkhornDistanceOptions } from './sinkhorn-distance.ts';
import type { DistanceName } from './window-distance.ts';

/** What is watched and within which bounds. */
export interface DriftSettings {
  /** Last clicks of a domain that are compared: small windows show great changes soon, large ones small changes. */
  readonly windowSizes: readonly number[];
  /**
   * `sliced` for any change, `membership` for clicks of other domains, `sinkhorn` for the joint distribution, which
   * takes milliseconds for each pair and size: with it compare one domain in a report.
   */
  readonly distances: readonly DistanceName[];
  /** Pairs and unions of catalogues besides each with itself and each with each. */
  readonly pairs: readonly NamedPair[];
  readonly maxPairs: number;
  /** The largest catalogues are watched. */
  readonly maxCatalogs: number;
  /** Clicks kept as reference, over all catalogues. */
  readonly referenceEvents: number;
  /** Clicks before there is a reference at all. */
  readonly minReferenceEvents: number;
  /** Clicks in the reference before a catalogue is watched. */
  readonly minCatalogEvents: number;
  /** Clicks of a domain's reference that distances are measured from. */
  readonly profileEvents: number;
  /** Principal components of the item vectors that are kept. */
  readonly components: number;
  /** Directions of the sliced distance. */
  readonly directions: number;
  /** Steepness of the kernel of memberships: exp(sharpness · (cosine - 1)). */
  readonly sharpness: number;
  /** Items that stand for all catalogues together when memberships are worked out. */
  readonly prototypes: number;
  /** Misplaced clicks in the smallest window that are no alarm; one of four times the size allows for twice as many. */
  readonly strays: number;
  /** Windows drawn for each scale. */
  readonly permutations: number;
  /** Factor from the greatest distance drawn to the scale. */
  readonly margin: number;
  /** The scale of everything, in place of what chance shows; 0.9 is a usual preset. */
  readonly fixedScale: number | undefined;
  readonly sinkhorn: SinkhornDistanceOptions;
  /** Clicks that happened longer ago than this are left out. */
  readonly maxLateSeconds: number;
  /** Elementary steps spent on scales in one report; 20 million take 20 to 40 ms. */
  readonly stepsPerReport: number;
  /** Domains compared in one report; the others follow in the next ones. */
  readonly domainsPerReport: number;
  readonly seed: number;
}

/** Settings that differ from the defaults. */
export type DriftOptions = Partial<DriftSettings>;

/** The defaults; `margin` and `sharpness` come from unshifted days of the demo, April to July. */
export const driftDefaults: DriftSettings = {
  windowSizes: [8, 32, 128],
  distances: ['sliced', 'membership'],
  pairs: [],
  maxPairs: 32,
  maxCatalogs: 16,
  referenceEvents: 20_000,
  minReferenceEvents: 2000,
  minCatalogEvents: 200,
  profileEvents: 1000,
  components: 32,
  directions: 64,
  sharpness: 15,
  prototypes: 512,
  strays: 1,
  permutations: 499,
  margin: 2,
  fixedScale: undefined,
  sinkhorn: {},
  maxLateSeconds: 3600,
  stepsPerReport: 1e7,
  domainsPerReport: 8,
  seed: 1,
};
