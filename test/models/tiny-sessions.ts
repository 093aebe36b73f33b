import type { Interactions } from '../../src/models/model.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createInteractionBuilder } from '../../src/training/dataset/dataset.ts';

const dayMs = 86_400_000;

/** Sessions as strings: each letter is a click, a minute apart; session s begins on day s. */
export function sessionsOf(...sessions: readonly string[]): Interactions {
  const builder = createInteractionBuilder();
  for (const [s, clicks] of sessions.entries())
    for (const [c, item] of [...clicks].entries())
      builder.add({ item, session: `s${s}`, atMs: s * dayMs + c * 60_000 });
  return builder.build();
}

/** A table that holds an item for each letter, published on day 0, 1, 2 and so on. */
export function tableOf(letters: string): ItemTable {
  const table = new ItemTable();
  for (const [i, id] of [...letters].entries()) addItem(table, id, i * dayMs);
  return table;
}

/** Adds an item that may be shown. */
export function addItem(table: ItemTable, id: string, publishedAtMs = 0): number {
  const shown = { catalog: 'c', categories: [], attributes: {}, hidden: false };
  return table.upsert({ id, ...shown, publishedAtMs });
}
