import type { DomainPair } from './domain-plan.ts';

/** The distances that may be measured. */
export type DistanceName = 'sliced' | 'membership' | 'sinkhorn';

/** How far a window of items is from the reference of a domain, in one sense. */
export interface WindowDistance {
  readonly name: DistanceName;
  /** Whether it says anything of a pair. */
  judges(pair: DomainPair): boolean;
  /**
   * Writes the distance of the items from the reference of each source, in the order of `sources`. Answers about how
   * many elementary steps it took.
   */
  measure(items: Int32Array, sources: readonly number[], out: Float64Array): number;
  /** The least scale of windows of some size, whatever chance showed; 0 for none. */
  leastScale(source: number, size: number): number;
  /** Measurements that ended before they had converged, where the distance is an iteration. */
  readonly unconverged?: number;
  /** Forgets what was worked out for single items, as some of them have other vectors now. */
  forgetItems(): void;
}
