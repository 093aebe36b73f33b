/** One effect fitted to a set of leaves. */
export interface Effect {
  /** Actual divided by expected, at least 0; for ratios the rate now divided by the rate expected. */
  readonly ratio: number;
  /**
   * Nats it takes to state the fitted parameters to the precision that the leaves allow (about ½ ln n for each, plus
   * ln of prior range / precision), so that one leaf alone gains no more than `broad` gives it.
   */
  readonly cost: number;
}

/**
 * How probable the leaves are, without a cause and inside one: what the search knows of a measure. Densities of one
 * leaf may be of any unit, as only differences at the same leaf are used. Finite everywhere; where a leaf says nothing
 * all three are equal.
 */
export interface Likelihood {
  /** ln p of each leaf when nothing happened to it. */
  readonly normal: Float64Array;
  /** ln p of each leaf under an effect of its own of unknown size and direction: what the screening sums. */
  readonly broad: Float64Array;
  /**
   * Derivative of ln p of each leaf by ln ratio where the ratio is 1, limited for outliers, and its variance when
   * nothing happened (Fisher's information, over-dispersion included). Summed over a set they find a common effect that
   * no single leaf shows: the gain is about ½ (Σ score)² / Σ information. Both 0 where a leaf says nothing.
   */
  readonly score: Float64Array;
  readonly information: Float64Array;
  /** What was there and what was expected, additive, for shares. */
  readonly actual: Float64Array;
  readonly expected: Float64Array;
  /**
   * Fits one effect to the first `count` of `leaves` and writes ln p of each under it into `fitted`, by position:
   * `fitted[i]` belongs to `leaves[i]`. Robust: some of the leaves may be untouched or touched by another cause, and
   * cost little then. O(count) or O(count log count), allocates nothing that grows with `count`.
   */
  fit(leaves: Uint32Array, count: number, fitted: Float64Array): Effect;
}
