import type { RecommendRequest } from '../../domain/recommend-request.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import { slateCapacity } from '../run.ts';
import type { KeptList } from './kept-lists.ts';
import { floatAt } from './list-columns.ts';

/** Which part of a list is wanted. */
export interface ListPart {
  /** Items passed over at the beginning. */
  readonly offset: number;
  readonly n: number;
  /** Ids that must not be served. */
  readonly exclude: ReadonlySet<string>;
}

/** A part of a list, valid until the next one is read. */
export interface Recalled {
  readonly count: number;
  /** Rows of the list that were looked at. */
  readonly rows: number;
  /** Dense item indices. */
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

/** For whom a part is read. */
export interface Reading {
  readonly request: Pick<RecommendRequest, 'catalog' | 'categories'>;
  readonly part: ListPart;
  readonly nowMs: number;
  /** Gets the slate and its predicted clicks. */
  readonly record: Pick<RequestRecord, 'slate' | 'predicted'>;
}

/** Reads a part of a list, see `createPartReader`. */
export type PartReader = (list: KeptList, reading: Reading) => Recalled | undefined;

/**
 * Makes what reads a part of a list without what is hidden, expired, of another catalogue, without one of the categories,
 * or excluded; undefined where fewer than `n` are left. O(items of the list), no allocation.
 */
export function createPartReader(table: ItemTable): PartReader {
  const recalled = {
    count: 0,
    rows: 0,
    items: new Int32Array(slateCapacity),
    scores: new Float32Array(slateCapacity),
  };
  return (list, reading) => {
    const { count: size, columns } = list;
    const { part, record } = reading;
    const { items, scores } = recalled;
    const mayServe = createJudge(table, reading);
    let toPass = part.offset;
    let count = 0;
    let row = 0;
    for (; row < size && count < part.n; row++) {
      const item = columns[row];
      if (!mayServe(item)) continue;
      if (toPass > 0) {
        toPass -= 1;
        continue;
      }
      items[count] = item;
      scores[count] = floatAt(columns, size + row);
      record.slate[count] = item;
      record.predicted[count] = floatAt(columns, 2 * size + row);
      count += 1;
    }
    recalled.count = count;
    recalled.rows = row;
    return count === part.n ? recalled : undefined;
  };
}

function createJudge(
  table: ItemTable,
  { request, part, nowMs }: Reading,
): (item: number) => boolean {
  const { exclude } = part;
  const { catalog: name, categories: names = [] } = request;
  const catalog = name === undefined ? -1 : table.catalogs.find(name);
  const categories = names.map((category) => table.categories.find(category));
  return (item) =>
    table.hidden[item] === 0 &&
    table.expiresAtMs[item] > nowMs &&
    (name === undefined || table.catalog[item] === catalog) &&
    (exclude.size === 0 || !exclude.has(table.ids[item])) &&
    categories.every((code) => table.categoriesOf[item].includes(code));
}
