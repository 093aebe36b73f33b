/** What a work recommends for. */
export type Surface = 'user' | 'session' | 'item';

/**
 * How much the session so far can be trusted: `cold` has no events, `returning` none in this session
 * but a known user, `mid` has recent events, `stale` has events that are too old to lean on.
 */
export type SessionState = 'cold' | 'returning' | 'mid' | 'stale';

/** What the caller wants, typed, once. Everything later in the pipeline reads only this. */
export interface Intent {
  readonly surface: Surface;
  readonly sessionState: SessionState;
  readonly segment: string;
  readonly catalog: string;
  readonly locale: string;
  /** Category codes of the item table of which an item must have one; empty asks for nothing. */
  readonly categories: Uint16Array;
  /** Attribute codes (`name=value`) that the query asked for; a preference, not a condition. */
  readonly attributes: Uint16Array;
  /** Tokens of the query that matched nothing, for the log line. */
  readonly unmatched: readonly string[];
  /** Dense index of the item the page shows, or of the last item of the session; -1 for none. */
  readonly anchor: number;
  /** Dense indices of the session so far, oldest first. */
  readonly recent: Int32Array;
  /** Normalised entropy of the gaps between the session's events, 0 regular to 1; undefined is unknown. */
  readonly sessionEntropy: number | undefined;
  /** How much the session is under way, 0 to 1, see `freshnessOf`; undefined where its times are unknown. */
  readonly freshness: number | undefined;
  /** Multiplier of each blended model's weight, in the order of the work's scorers. */
  readonly weights: Float32Array;
}
