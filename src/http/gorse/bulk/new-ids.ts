import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Gateway } from '../../../gateway.ts';
import { rowOf } from '../keyed-rows.ts';
import type { Quota } from '../quota.ts';
import type { GorseTable } from '../row-kind.ts';

/** Why rows of some ids are not taken, by id. */
export type Refusals = ReadonlyMap<string, string>;

const none: Refusals = new Map();
/** Rows looked up in one go: a few milliseconds. */
const idsPerTurn = 1000;

/** Which of the ids are one more than the quota lets in; the others are taken into account. */
export async function overQuota(
  table: GorseTable,
  ids: readonly string[],
  { gateway, quota }: { readonly gateway: Gateway; readonly quota: Quota },
): Promise<Refusals> {
  if (!quota.isLimited(table)) return none;
  const missing = await missingIds(gateway, table, ids);
  const taken = await quota.takeNew(table, missing.length);
  const message = `${table} count exceeds limit`;
  return new Map(missing.slice(taken).map((id) => [id, message]));
}

/** Which of the ids have no row. */
export async function missingIds(
  { store, table: items }: Gateway,
  table: GorseTable,
  ids: readonly string[],
): Promise<string[]> {
  if (table === 'items') return ids.filter((id) => !items.has(id));
  const missing: string[] = [];
  for (let from = 0; from < ids.length; from += idsPerTurn) {
    if (from > 0) await nextTurn();
    const some = ids.slice(from, from + idsPerTurn);
    const found = await store.mget(table, some);
    missing.push(...some.filter((_, i) => rowOf(found[i], store.name) === undefined));
  }
  return missing;
}
