import type { ItemTable } from '../../stores/item-table.ts';
import type { KeptList, KeptLists, KeptPage } from './kept-lists.ts';
import { floatAt } from './list-columns.ts';
import type { PartReader, Reading, Recalled } from './read-part.ts';

/** How a part is written. */
export interface PageWriting {
  /** Tells apart what is written differently. */
  readonly form: string;
  write(part: Recalled): string;
}

/** A part as it is written. */
export interface WrittenPart {
  readonly count: number;
  readonly text: string;
}

/**
 * Makes what reads a part of a list and writes it, and keeps the text of the last such page with the list: while the item
 * table is as it was and none of its items expired, the same page is neither judged nor written again. Undefined where
 * fewer than `n` items are left.
 */
export function createPageReader(
  table: ItemTable,
  { read, lists }: { readonly read: PartReader; readonly lists: KeptLists },
): (list: KeptList, reading: Reading, writing: PageWriting) => WrittenPart | undefined {
  return (list, reading, { form, write }) => {
    const { part, nowMs, record } = reading;
    const { n, offset, exclude } = part;
    const { page } = list;
    if (
      page !== undefined &&
      page.form === form &&
      page.n === n &&
      page.offset === offset &&
      page.revision === table.revision &&
      page.untilMs > nowMs &&
      exclude.size === 0
    ) {
      showPage(list, page, record);
      return { count: n, text: page.text };
    }
    const recalled = read(list, reading);
    if (recalled === undefined) return undefined;
    const text = flat(write(recalled));
    if (recalled.rows === offset + n && exclude.size === 0) {
      const { revision } = table;
      const untilMs = firstExpiry(recalled, table);
      lists.keepPage(list, { offset, n, revision, untilMs, form, text });
    }
    return { count: n, text };
  };
}

/** Writes the items of a page into a record: rows that stand together, as none was passed over. */
function showPage(
  { count: size, columns }: KeptList,
  { n, offset }: KeptPage,
  { slate, predicted }: Reading['record'],
): void {
  for (let p = 0; p < n; p++) {
    slate[p] = columns[offset + p];
    predicted[p] = floatAt(columns, 2 * size + offset + p);
  }
}

function firstExpiry({ count, items }: Recalled, { expiresAtMs }: ItemTable): number {
  let firstMs = Number.POSITIVE_INFINITY;
  for (let p = 0; p < count; p++) firstMs = Math.min(firstMs, expiresAtMs[items[p]]);
  return firstMs;
}

/** The same text in one piece; one that was put together from pieces stays so inside. */
const flat = (text: string) => Buffer.from(text).toString();
