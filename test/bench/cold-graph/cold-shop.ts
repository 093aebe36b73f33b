import type { AttributeTable } from '../../../src/models/attribute-table.ts';

/** One event of a recording. */
export interface ShopEvent {
  readonly item: string;
  readonly user?: string | undefined;
  readonly session: string;
  readonly atMs: number;
}

/** A recording and what is known of its items. */
export interface Shop {
  readonly events: readonly ShopEvent[];
  readonly attributes: AttributeTable;
}

/** Puts labels and numbers of items into a table, in order of id. */
export function attributeTable(
  items: ReadonlyMap<
    string,
    { labels: readonly string[]; numbers: Readonly<Record<string, number>> }
  >,
): AttributeTable {
  const ids = [...items.keys()].sort();
  const codes = new Map<string, number>();
  const offsets = new Uint32Array(ids.length + 1);
  const all: number[] = [];
  const numbers: Record<string, Float32Array> = {};
  for (const [row, id] of ids.entries()) {
    const { labels, numbers: own } = items.get(id)!;
    for (const label of new Set(labels)) {
      if (!codes.has(label)) codes.set(label, codes.size);
      all.push(codes.get(label)!);
    }
    offsets[row + 1] = all.length;
    for (const [name, value] of Object.entries(own)) {
      numbers[name] ??= new Float32Array(ids.length).fill(Number.NaN);
      numbers[name][row] = value;
    }
  }
  return { ids, labels: [...codes.keys()], offsets, codes: Uint32Array.from(all), numbers };
}
