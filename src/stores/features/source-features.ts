import { SightlineError } from '../../domain/errors.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import { byTheEnd } from './by-the-end.ts';
import { decodeFeature, type FeatureCodec } from './feature-codec.ts';
import { parseFeatureKey } from './feature-key.ts';
import {
  absentLookup,
  errorLookup,
  excessLookup,
  fullLookup,
  lateLookup,
  unavailableLookup,
} from './feature-lookups.ts';
import {
  type FeatureKey,
  type FeatureLookup,
  type FeatureStore,
  maxWaveKeys,
  type ReadLimits,
} from './feature-store.ts';

/** Why a source has no answer for a key; `cause` holds neither keys nor values. */
export interface SourceFailure {
  readonly failed: 'unavailable' | 'error';
  readonly cause: SightlineError;
}

/** The bytes of a value, nothing where the key is absent, or a failure. */
export type SourceAnswer = Buffer | undefined | SourceFailure;

/** What differs from one feature store to the next: where the bytes come from. */
export interface FeatureSource {
  readonly name: string;
  /**
   * Calls `answer` once for each key that becomes known, by place; resolves when no more will come. `keys` are
   * distinct and valid. A rejection fails the keys that have no answer with `error`.
   */
  fetch(
    keys: readonly string[],
    answer: (place: number, found: SourceAnswer) => void,
    limits: ReadLimits,
  ): Promise<void>;
  close(): Promise<void>;
}

/** How a store reads what its source brings. */
export interface SourceOptions {
  readonly codec?: FeatureCodec;
  /** Waves that may wait for the source at a time; what comes after them is `failed: bulkhead_full`. */
  readonly maxWaves?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly schedule?: Schedule;
}

/**
 * Makes the contract of feature stores out of a source of bytes: it checks keys, reads equal keys once, decodes,
 * and keeps the time. An answer that comes late is dropped.
 */
export function createSourceFeatures(
  source: FeatureSource,
  {
    codec = 'json',
    maxWaves = 1000,
    now = Date.now,
    schedule = systemSchedule,
  }: SourceOptions = {},
): FeatureStore {
  let isClosed = false;
  let waves = 0;
  const decode = (found: Buffer): FeatureLookup => {
    const row = decodeFeature(found, codec);
    if (row instanceof SightlineError) return errorLookup(row);
    return { state: 'present', row, writtenAtMs: now() };
  };
  const unavailable = (keys: readonly FeatureKey[], why: string): FeatureLookup[] =>
    new Array(keys.length).fill(unavailableLookup(source.name, why));
  return {
    name: source.name,
    async mget(keys, limits) {
      if (isClosed) return unavailable(keys, 'is closed');
      if (waves >= maxWaves) return new Array(keys.length).fill(fullLookup);
      const { texts, places, refused } = distinctKeys(keys);
      const reading = startRead(source, limits.signal?.aborted ? [] : texts, { limits, decode });
      waves += 1;
      reading.work.then(() => {
        waves -= 1;
      });
      await byTheEnd(reading.work, limits, schedule);
      const found = reading.stop();
      if (isClosed) return unavailable(keys, 'is closed');
      return keys.map((_, i) => refused.get(i) ?? found[places[i]] ?? lateLookup);
    },
    async close() {
      isClosed = true;
      await source.close();
    },
  };
}

/** Collects what a source says of keys until it is stopped. */
function startRead(
  source: FeatureSource,
  keys: readonly string[],
  { limits, decode }: { limits: ReadLimits; decode: (found: Buffer) => FeatureLookup },
) {
  let lookups: (FeatureLookup | undefined)[] | undefined = new Array(keys.length);
  const answer = (place: number, found: SourceAnswer): void => {
    if (lookups === undefined) return;
    if (found === undefined) lookups[place] = absentLookup;
    else if (!('failed' in found)) lookups[place] = decode(found);
    else lookups[place] = { state: 'failed', reason: found.failed, cause: found.cause };
  };
  const broke = (): void => {
    const cause = new SightlineError('SL_INTERNAL', `feature store ${source.name} broke`);
    for (const place of keys.keys()) if (lookups) lookups[place] ??= errorLookup(cause);
  };
  return {
    /** Never rejects. */
    work: keys.length === 0 ? Promise.resolve() : source.fetch(keys, answer, limits).catch(broke),
    /** What was said so far; the rest is dropped. */
    stop(): readonly (FeatureLookup | undefined)[] {
      const said = lookups ?? [];
      lookups = undefined;
      return said;
    },
  };
}

/** Distinct texts of the keys, the place of each key among them, and what cannot be read at all. */
function distinctKeys(keys: readonly FeatureKey[]) {
  const placeOf = new Map<string, number>();
  const places = new Int32Array(keys.length);
  const refused = new Map<number, FeatureLookup>();
  keys.forEach((key, i) => {
    const text = parseFeatureKey(key);
    if (i >= maxWaveKeys || typeof text !== 'string') {
      refused.set(i, typeof text === 'string' ? excessLookup : errorLookup(text));
      return;
    }
    places[i] = placeOf.get(text) ?? placeOf.size;
    placeOf.set(text, places[i]);
  });
  return { texts: [...placeOf.keys()], places, refused };
}
