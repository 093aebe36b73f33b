import type { AnomalyCause } from '../../domain/anomaly.ts';

/**
 * The leaves of a cube: one row for each combination of label values that occurred, as columns. A cuboid is a set of
 * labels; a combination gives each label of a cuboid a value, and its descendants are the leaves that carry them.
 */
export interface LeafTable {
  /** Names of the labels, at most 12. */
  readonly labels: readonly string[];
  /** Names of the values of each label, by code. */
  readonly values: readonly (readonly string[])[];
  /** Leaves in use, the length of every column. */
  readonly count: number;
  /** The code of each label in each leaf: `codes[label][leaf]`. */
  readonly codes: readonly Uint32Array[];
}

/** What was measured at the leaves, and what was expected there. Additive measures only. */
export type Measurement =
  /** Amounts with a forecast of their own and errors relative to it, as in the public data sets. */
  | {
      readonly kind: 'amount';
      readonly actual: Float64Array;
      readonly expected: Float64Array;
    }
  /** Numbers of events, and the number expected from `baseline` events: Poisson with an uncertain mean. */
  | {
      readonly kind: 'count';
      readonly actual: Float64Array;
      readonly expected: Float64Array;
      /** Events from which the expectation of each leaf was scaled; fewer make it less sure. */
      readonly baseline: Float64Array;
      /** Events in stretches as long as the present one, of before the change: how much leaves scatter. */
      readonly quiet?: readonly { readonly actual: Float64Array }[];
    }
  /** Hits among trials, now and before: binomial with an uncertain rate. */
  | {
      readonly kind: 'ratio';
      readonly hits: Float64Array;
      readonly trials: Float64Array;
      readonly pastHits: Float64Array;
      readonly pastTrials: Float64Array;
      /** Stretches as long as the present one, of before the change: how much leaves scatter. */
      readonly quiet?: readonly { readonly hits: Float64Array; readonly trials: Float64Array }[];
    };

/** What explains a change. */
export interface Attribution {
  /** At most as many as asked for, by surprise, descending. Empty where nothing was found. */
  readonly causes: readonly AnomalyCause[];
  /** Share of the whole change that the causes explain together, 0 to 1. */
  readonly explainedShare: number;
  /** Whether less than half of the change is explained. */
  readonly isUnexplained: boolean;
}
