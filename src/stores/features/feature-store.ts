import type { Lookup } from '../store.ts';

/** The name of a feature row. An integer and its decimal text are the same key. */
export type FeatureKey = string | number;

/** What a store keeps under a key, as its codec reads it. Values are shared: nobody may change them. */
export type FeatureValue =
  | string
  | number
  | boolean
  | null
  | readonly FeatureValue[]
  | { readonly [name: string]: FeatureValue };

/** Why a read failed; the last two mean that the store was not asked, to protect it and the caller. */
export type FeatureFailure = 'timeout' | 'unavailable' | 'error' | 'breaker_open' | 'bulkhead_full';

/** What a read found; `writtenAtMs` is when the value was read from its source, in epoch milliseconds. */
export type FeatureLookup = Lookup<FeatureValue, FeatureFailure>;

/** How long a read may take. */
export interface ReadLimits {
  /** Milliseconds until what is not there yet is `failed: timeout`. */
  readonly timeoutMs: number;
  /** Ends the wait early, with `failed: timeout`. */
  readonly signal?: AbortSignal | undefined;
  /** Headers that a store on HTTP carries on, see `carriedHeaders`. */
  readonly carry?: Readonly<Record<string, string>> | undefined;
}

/**
 * The one contract of what serves features: read-mostly, remote in most cases, and never the system of record.
 * `mget` is the primitive and `get` is derived from it.
 */
export interface FeatureStore {
  /** For labels. */
  readonly name: string;
  /** Milliseconds that a read may take where the caller does not say. */
  readonly timeoutMs?: number | undefined;
  /**
   * Reads many keys in one wave; the answer has the same length and order as `keys`. Never rejects. A key or
   * value that cannot be carried is `failed: error` for that key alone: keys have 1 to 512 bytes of UTF-8
   * without control characters, values at most 1 MB, and keys after the first 10,000 are not read. After
   * `close` everything is `failed: unavailable`.
   */
  mget(keys: readonly FeatureKey[], limits: ReadLimits): Promise<readonly FeatureLookup[]>;
  /**
   * Answers what `mget` would, at once, or undefined where anything has to be fetched or said of a key. Left out by
   * stores that hold nothing in memory.
   */
  peek?(rows: PeekRows): readonly FeatureLookup[] | undefined;
  close(): Promise<void>;
}

/** The keys of a read that waits for nothing. */
export interface PeekRows {
  readonly count: number;
  /** The key of a row, 0 to count - 1. */
  readonly keyOf: (row: number) => FeatureKey;
  /**
   * What the store remembers of the keys from one read to the next, for a caller that gives each key a number of its own:
   * row r is number `ids[r]`. Its entries belong to the store.
   */
  readonly memory?: { readonly ids: Int32Array; readonly entries: unknown[] } | undefined;
}

/** The most keys of one wave. */
export const maxWaveKeys = 10_000;

/** The longest key, in bytes of UTF-8. */
export const maxKeyBytes = 512;

/** The longest value, in bytes. */
export const maxValueBytes = 1_048_576;

/** Reads one row: the derived form of `mget`. */
export async function get(
  store: FeatureStore,
  key: FeatureKey,
  limits: ReadLimits,
): Promise<FeatureLookup> {
  const [found] = await store.mget([key], limits);
  return found;
}
