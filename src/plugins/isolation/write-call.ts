import type { Candidates } from '../../domain/candidates.ts';
import type { RequestContext } from '../../pipeline/algorithm.ts';
import type { Codes, ItemTable } from '../../stores/item-table.ts';
import type { CallContext, CodeLists, ItemRows } from './call.ts';

/** A call that is ready to be sent, and the dense index of each of its items. */
export interface WrittenCall {
  readonly context: CallContext;
  readonly items: Int32Array;
}

/** Makes small copies of requests for one thread, which learns the names of codes as they come. */
export function createCallWriter(): (
  context: RequestContext,
  candidates?: Candidates,
) => WrittenCall {
  const told = { catalogs: 0, categories: 0, attributes: 0 };
  const newNames = (table: ItemTable) => {
    const since = (kind: keyof typeof told) => {
      const { names } = table[kind] as Codes;
      if (names.length === told[kind]) return [];
      const more = names.slice(told[kind]);
      told[kind] = names.length;
      return more;
    };
    return {
      catalogs: since('catalogs'),
      categories: since('categories'),
      attributes: since('attributes'),
    };
  };
  return (context, candidates) => {
    const { request, nowMs, variant, intent, table, session, query, user } = context;
    const items = createPlaces(candidates);
    const places = (dense: Int32Array) => Int32Array.from(dense, items.place);
    if (request.item !== undefined) items.place(table.indexOf(request.item));
    const inside = {
      intent: { ...intent, anchor: items.place(intent.anchor), recent: places(intent.recent) },
      session: session && {
        items: places(session.items.subarray(0, session.count)),
        atMs: session.atMs.slice(0, session.count),
        count: session.count,
      },
      query: { ...query, anchor: items.place(query.anchor), recent: places(query.recent) },
    };
    const dense = items.all();
    return {
      items: dense,
      context: {
        ...{ request, nowMs, variant, remainingMs: context.remainingMs(), ...inside },
        headers: context.carry(),
        // A failed read may hold an error that cannot be sent.
        user: user?.state === 'failed' ? { state: 'failed', reason: user.reason } : user,
        rows: rowsOf(table, dense),
        names: newNames(table),
        candidates: candidates && candidatureOf(candidates),
      },
    };
  };
}

/** Gives each item a place: candidates have that of their row. */
function createPlaces(candidates: Candidates | undefined) {
  const rows = candidates?.items.subarray(0, candidates.count) ?? new Int32Array(0);
  const others = new Map<number, number>();
  return {
    place(item: number): number {
      if (item < 0) return -1;
      const known = others.get(item);
      if (known !== undefined) return known;
      const row = rows.indexOf(item);
      const place = row >= 0 ? row : rows.length + others.size;
      if (row < 0) others.set(item, place);
      return place;
    },
    all(): Int32Array {
      const all = new Int32Array(rows.length + others.size);
      all.set(rows);
      for (const [item, place] of others) all[place] = item;
      return all;
    },
  };
}

function rowsOf(table: ItemTable, items: Int32Array): ItemRows {
  const size = items.length;
  const rows = {
    ids: new Array<string>(size),
    catalog: new Uint16Array(size),
    hidden: new Uint8Array(size),
    publishedAtMs: new Float64Array(size),
    expiresAtMs: new Float64Array(size),
  };
  for (let at = 0; at < size; at++) {
    const item = items[at];
    rows.ids[at] = table.ids[item];
    rows.catalog[at] = table.catalog[item];
    rows.hidden[at] = table.hidden[item];
    rows.publishedAtMs[at] = table.publishedAtMs[item];
    rows.expiresAtMs[at] = table.expiresAtMs[item];
  }
  const categories = listsOf(table.categoriesOf, items);
  return { ...rows, categories, attributes: listsOf(table.attributesOf, items) };
}

function listsOf(lists: readonly Uint16Array[], items: Int32Array): CodeLists {
  const ends = new Uint32Array(items.length);
  let total = 0;
  for (let at = 0; at < items.length; at++) {
    total += lists[items[at]].length;
    ends[at] = total;
  }
  const codes = new Uint16Array(total);
  for (let at = 0; at < items.length; at++) {
    const list = lists[items[at]];
    codes.set(list, ends[at] - list.length);
  }
  return { codes, ends };
}

function candidatureOf({ count, sources, source, sourceRank }: Candidates) {
  return {
    count,
    sources: sources.slice(0, count),
    source: source.slice(0, count),
    sourceRank: sourceRank.slice(0, count),
  };
}
