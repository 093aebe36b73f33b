/** The last request that a sample can be traced to. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Receives one sample: `slot` is its place among the samples of the series. */
export type SampleVisitor = (slot: number, value: number, exemplar?: Exemplar) => void;

/** One label set of a metric; it owns its numbers. */
export interface Series {
  /** Calls `visit` for every sample in exposition order. */
  each(visit: SampleVisitor): void;
  /**
   * Writes its numbers into the first places of `into`, which has room for them: the value of a counter or a gauge,
   * NaN for a gauge without one; of a histogram the count of each bucket by itself, the last one without bound, and
   * then the sum. Makes nothing.
   */
  numbers(into: Float64Array): void;
}
