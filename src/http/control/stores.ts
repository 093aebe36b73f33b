import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import type {
  FeatureStoreStatus,
  SnapshotStatus,
} from '../../stores/features/furnish-feature-store.ts';
import type { StoreRead } from '../../stores/measured.ts';
import { breakerStates, fetchOutcomes } from '../../telemetry/fact-values.ts';
import { isoTime } from '../instant.ts';
import { listTables, tablesSchema } from './tables.ts';

const count = z.int().min(0);

const readSchema = z
  .strictObject({
    outcome: z.enum(fetchOutcomes),
    ms: z.number(),
    at: z.iso.datetime(),
  })
  .nullable()
  .meta({ id: 'StoreRead', description: 'The last wave of reads; null before the first one' });

const snapshotSchema = z
  .strictObject({
    hits: count.meta({ description: 'Keys that were answered from memory' }),
    misses: count,
    changed: count.meta({ description: 'Keys that were told to have changed' }),
    dropped: count.meta({ description: 'How often everything was dropped' }),
    entries: count,
    bytes: count.meta({ description: 'Of memory, roughly' }),
    live: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether every change is told; null where nothing tells' }),
  })
  .nullable()
  .meta({ id: 'FeatureSnapshot', description: 'The local copy of what was read' });

/** The answer of `GET /control/stores`. */
export const storesSchema = z.strictObject({
  main: z.strictObject({
    kind: z.string(),
    rows: z.strictObject({ items: count, users: count, feedback: count }),
    last_read: readSchema,
  }),
  features: z.array(
    z
      .strictObject({
        name: z.string(),
        kind: z.string(),
        timeout_ms: z.number(),
        in_flight: count.meta({ description: 'Waves that are being read now' }),
        max_waves: count.meta({ description: 'Waves beyond so many at once are refused' }),
        refused_waves: count.meta({ description: 'Waves refused because there were too many' }),
        snapshot: snapshotSchema,
      })
      .meta({ id: 'FeatureStore' }),
  ),
  ...tablesSchema.shape,
});

/** The answer of `GET /control/breakers`. */
export const breakersSchema = z.strictObject({
  breakers: z.array(
    z
      .strictObject({
        store: z.string().meta({ description: 'The feature store that it stands before' }),
        state: z.enum(breakerStates),
        since: z.iso.datetime(),
        opened: count.meta({ description: 'How often it opened since the start' }),
        refused_waves: count.meta({ description: 'Waves that were not made because it was open' }),
      })
      .meta({ id: 'Breaker' }),
  ),
});

/** The main store, feature stores and global tables. Rejects with `SL_STORE_UNAVAILABLE`. */
export async function listStores(gateway: Gateway): Promise<z.output<typeof storesSchema>> {
  const { store, features } = gateway;
  const { items, users, feedback } = await store.counts();
  return {
    main: {
      kind: store.name,
      rows: { items, users, feedback },
      last_read: showRead(store.lastRead()),
    },
    features: features.status().map(showFeatureStore),
    ...listTables(gateway),
  };
}

/** Every breaker. */
export function listBreakers({ features }: Gateway): z.output<typeof breakersSchema> {
  return {
    breakers: features.status().map(({ name, breaker: { state, sinceMs, ...counts } }) => ({
      ...{ store: name, state, since: isoTime(sinceMs) },
      ...{ opened: counts.opened, refused_waves: counts.refusedWaves },
    })),
  };
}

function showRead(read: StoreRead | undefined): z.output<typeof readSchema> {
  if (read === undefined) return null;
  const { outcome, seconds, atMs } = read;
  return { outcome, ms: Math.round(seconds * 1e6) / 1000, at: isoTime(atMs) };
}

function showFeatureStore({ name, kind, timeoutMs, bulkhead, snapshot }: FeatureStoreStatus) {
  const { inFlight, maxWaves, refusedWaves } = bulkhead;
  return {
    ...{ name, kind, timeout_ms: timeoutMs },
    ...{ in_flight: inFlight, max_waves: maxWaves, refused_waves: refusedWaves },
    snapshot: snapshot === undefined ? null : showSnapshot(snapshot),
  };
}

function showSnapshot({ isLive, ...stats }: SnapshotStatus) {
  const { hits, misses, changed, dropped, entries, bytes } = stats;
  return { hits, misses, changed, dropped, entries, bytes, live: isLive ?? null };
}
