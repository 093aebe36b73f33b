import type { Model } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { EventCodes } from '../../telemetry/event-codes.ts';
import type { ItemColumns, ItemVectors } from './item-columns.ts';

/**
 * What the signals know of the items of a table, in shared memory, so that sending it costs nothing. O(size).
 *
 * @example signals.setItems(itemColumns(table, telemetry.events.codes));
 */
export function itemColumns(table: ItemTable, codes: EventCodes): ItemColumns {
  const { size: count, catalogs } = table;
  const catalog = new Uint16Array(new SharedArrayBuffer(2 * count));
  const live = new Uint8Array(new SharedArrayBuffer(count));
  const codeOf = catalogs.names.map((name) => codes.codeOf(name));
  for (let item = 0; item < count; item++) {
    catalog[item] = codeOf[table.catalog[item]];
    live[item] = table.hidden[item] === 0 ? 1 : 0;
  }
  return { count, catalog, live };
}

/** The vectors of a model in shared memory; undefined for a model without any. O(items · dimensions). */
export function itemVectors({ vectors, norms, version }: Model): ItemVectors | undefined {
  if (vectors === undefined || norms === undefined) return undefined;
  const { dimensions } = vectors;
  const count = norms.length;
  const values = new Float32Array(new SharedArrayBuffer(4 * count * dimensions));
  for (let item = 0; item < count; item++) values.set(vectors.row(item), item * dimensions);
  const shared = new Float32Array(new SharedArrayBuffer(4 * count));
  shared.set(norms);
  return { version, dimensions, count, values, norms: shared };
}
