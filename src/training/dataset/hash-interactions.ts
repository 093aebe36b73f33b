import { createHash, type Hash } from 'node:crypto';
import type { AttributeTable } from '../../models/attribute-table.ts';
import type { Ledger } from '../../models/ledger.ts';
import type { Interactions } from '../../models/model.ts';

/**
 * The first 16 hex digits of the SHA-256 of all that can be learnt from: equal data have equal ones. O(bytes).
 *
 * @example hashInteractions(interactions) // '9f86d081884c7d65'
 */
export function hashInteractions(interactions: Interactions): string {
  const { items, offsets, codes, atMs, weights, users = [], userOf, reads } = interactions;
  const hash = createHash('sha256');
  addTexts(hash, items);
  addTexts(hash, users);
  const columns = [offsets, codes, atMs, weights, userOf, reads?.users, reads?.items, reads?.atMs];
  for (const column of columns) addColumn(hash, column);
  addAttributes(hash, interactions.itemAttributes);
  addAttributes(hash, interactions.userAttributes);
  addLedger(hash, interactions.ledger);
  return hash.digest('hex').slice(0, 16);
}

/** Not how late it is: that changes with every run. */
function addLedger(hash: Hash, ledger: Ledger | undefined): void {
  if (ledger === undefined) return;
  const { items, offsets, deeds, values, atMs, types, users } = ledger;
  for (const texts of [items.map((item) => JSON.stringify(item)), types, users])
    addTexts(hash, texts);
  for (const column of [offsets, deeds, values, atMs]) addColumn(hash, column);
}

/** Lengths stand before contents, so that nothing moves from one into the next. */
function addTexts(hash: Hash, texts: readonly string[]): void {
  hash.update(`${texts.length};`);
  for (const text of texts) hash.update(`${text.length}:${text}`);
}

function addColumn(hash: Hash, column: ArrayBufferView | undefined): void {
  hash.update(`${column?.byteLength ?? 'none'};`);
  if (column !== undefined)
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
}

function addAttributes(hash: Hash, table: AttributeTable | undefined): void {
  addTexts(hash, table?.ids ?? []);
  addTexts(hash, table?.labels ?? []);
  addColumn(hash, table?.offsets);
  addColumn(hash, table?.codes);
  for (const [name, numbers] of Object.entries(table?.numbers ?? {})) {
    addTexts(hash, [name]);
    addColumn(hash, numbers);
  }
}
