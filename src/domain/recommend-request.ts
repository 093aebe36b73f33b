/** One question put to a work, already validated. */
export interface RecommendRequest {
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** The item that the page shows, for item surfaces. */
  readonly item?: string | undefined;
  /** Item ids of the session so far, oldest first, when the caller keeps the session itself. */
  readonly recent?: readonly string[] | undefined;
  /** How many items are wanted, 1 to 100. */
  readonly n: number;
  /** Free text; its tokens are matched to categories and attribute values. */
  readonly query?: string | undefined;
  readonly catalog?: string | undefined;
  /** Only items of at least one of these categories, or of each of them where `everyCategory` says so. */
  readonly categories?: readonly string[] | undefined;
  readonly everyCategory?: boolean | undefined;
  /** Item ids that must not be served. */
  readonly exclude?: readonly string[] | undefined;
  readonly locale?: string | undefined;
  readonly segment?: string | undefined;
  readonly timeoutMs?: number | undefined;
  /** Labels of the caller's own; those that the configuration declares tell anomalies apart. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The graph that the caller's model walks, and what the part of it that concerns this request hashes to. */
  readonly graphId?: string | undefined;
  readonly subgraphHash?: string | undefined;
  /** `experiment/variant` that somebody with the control token asked for. */
  readonly forcedVariant?: string | undefined;
  readonly explain: boolean;
}
