/** One series that the detector watches. */
export interface WatchedSeries {
  /** What it measures: a measure of the cube (`requests`), or a metric with its statistic (`ring_lag_seconds level`). */
  readonly name: string;
  /** Names out of the closed list of labels, never ids. */
  readonly labels: Readonly<Record<string, string>>;
  /** `level`: any number; `count`: events in a tick; `ratio`: hits among trials in a tick. */
  readonly kind: 'level' | 'count' | 'ratio';
  /** Which way is worth an alarm. */
  readonly direction: 'up' | 'down' | 'both';
  /** The measure of the cube by which its alarm is attributed; undefined where the cube knows nothing of it. */
  readonly measure: string | undefined;
}

/** What all series of a source read in one tick. */
export interface SeriesValues {
  /** Series that are new since the last reading; they come after the known ones. */
  readonly added: readonly WatchedSeries[];
  /** By the order in which the series were added: level, events or hits; NaN where nothing was measured. */
  readonly values: Float64Array;
  /** Trials of ratios; NaN elsewhere. */
  readonly trials: Float64Array;
}
