/**
 * The labels of a leaf, in the order of its columns; two more follow where the configuration declares labels of its own.
 * A leaf is one combination of their values.
 */
export const leafLabels = ['work', 'strategy', 'segment', 'catalog', 'variant'] as const;

/** Declared labels a leaf may have beside `leafLabels`. */
export const maxDeclaredLabels = 2;

/**
 * What was counted in one tick, as columns; complete in itself. Row `leaf[c]` of the label columns carries `count[c]`
 * events of the kind `mark[c]`; a leaf has each mark at most once.
 */
export interface LeafTick {
  /** Epoch milliseconds of its end. */
  readonly atMs: number;
  readonly seconds: number;
  /** Codes of `EventCodes`, one column for each of `leafLabels` and then of the declared labels. */
  readonly labels: readonly Uint16Array[];
  readonly leaf: Uint32Array;
  /** See `marks.ts`. */
  readonly mark: Uint16Array;
  readonly count: Float64Array;
  /** Requests, clicks, times and degradations that stand under `__other__` in all labels, as there was no room. */
  readonly overflow: number;
}
