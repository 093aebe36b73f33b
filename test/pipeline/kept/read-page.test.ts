import { beforeEach, expect, test } from 'vitest';
import { type KeptList, KeptLists } from '../../../src/pipeline/kept/kept-lists.ts';
import { packColumns } from '../../../src/pipeline/kept/list-columns.ts';
import { createPageReader } from '../../../src/pipeline/kept/read-page.ts';
import {
  createPartReader,
  type ListPart,
  type Recalled,
} from '../../../src/pipeline/kept/read-part.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';

const none: ReadonlySet<string> = new Set();
const record = { slate: new Int32Array(128), predicted: new Float32Array(128) };

let table: ItemTable;
let lists: KeptLists;
let list: KeptList;
let read: ReturnType<typeof createPageReader>;
/** Parts that were written. */
let written: number;

const upsert = (id: string, more: object = {}) =>
  table.upsert({
    ...{ id, catalog: 'shoes', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 },
    ...more,
  });

beforeEach(() => {
  table = new ItemTable();
  const items = Int32Array.from(['a', 'b', 'c', 'd', 'e'], (id) => upsert(id));
  const scores = Float32Array.of(5, 4, 3, 2, 1);
  const columns = packColumns({ items, scores, predicted: scores.map((score) => score / 8) }, 5);
  list = {
    ...{ user: 'u', work: 'home', scope: '', count: 5, columns, strategy: '', generation: 'g1' },
    ...{ catalogueEpoch: 0, segment: '', catalog: '', door: '', sessionLength: 0, untilMs: 1e9 },
  };
  lists = new KeptLists({ maxBytes: 1e6 });
  lists.keep(list, lists.revision('u'));
  read = createPageReader(table, { read: createPartReader(table), lists });
  written = 0;
});

const ids = ({ items, count }: Recalled) =>
  Array.from(items.subarray(0, count), (item) => table.ids[item]).join();

function ask(part: Partial<ListPart> = {}, nowMs = 0, form = 'ids'): string | undefined {
  record.slate.fill(-1);
  const reading = { request: {}, part: { n: 2, offset: 0, exclude: none, ...part }, nowMs, record };
  return read(list, reading, {
    form,
    write(recalled) {
      written += 1;
      return `${form} ${ids(recalled)}`;
    },
  })?.text;
}

test('the same page is written once, and its record is that of the first time', () => {
  expect(ask({ offset: 1 })).toBe('ids b,c');
  const slate = record.slate.slice();
  const predicted = record.predicted.slice(0, 2);
  record.predicted.fill(0);
  expect(ask({ offset: 1 })).toBe('ids b,c');
  expect(written).toBe(1);
  expect(record.slate).toEqual(slate);
  expect(record.predicted.slice(0, 2)).toEqual(predicted);
});

test.each([
  ['n', { n: 3 }, 'ids', 'ids a,b,c'],
  ['offset', { offset: 2 }, 'ids', 'ids c,d'],
  ['form', {}, 'scores', 'scores a,b'],
  ['exclusion', { exclude: new Set(['a']) }, 'ids', 'ids b,c'],
])('another %s is another page', (_, part, form, expected) => {
  ask();
  expect(ask(part, 0, form)).toBe(expected);
  expect(written).toBe(2);
});

test('an item that changes or expires leaves the page at once', () => {
  upsert('b', { expiresAtMs: 1000 });
  expect(ask({}, 999)).toBe('ids a,b');
  expect(ask({}, 1000)).toBe('ids a,c');
  table.remove('a');
  expect(ask({}, 1000)).toBe('ids c,d');
  upsert('a');
  expect(ask({}, 1000)).toBe('ids a,c');
});

test('a page with a gap is written each time, as its rows do not stand together', () => {
  table.remove('a');
  expect([ask(), ask()]).toEqual(['ids b,c', 'ids b,c']);
  expect(written).toBe(2);
});

test('too few items are no page', () => {
  expect(ask({ n: 6 })).toBeUndefined();
  expect(written).toBe(0);
});

test('a page counts as memory until its list leaves, and none comes to a list that left', () => {
  const before = lists.bytes;
  ask();
  expect(lists.bytes).toBeGreaterThan(before);
  const withOne = lists.bytes;
  ask({ offset: 1 });
  expect(lists.bytes).toBe(withOne);
  lists.forget('u');
  expect(lists.bytes).toBe(0);
  ask({ offset: 2 });
  expect(lists.bytes).toBe(0);
});

test('a page makes room among the lists that were idle longest', () => {
  const page = { offset: 0, n: 1, revision: 0, untilMs: 1, form: 'ids', text: 'x'.repeat(500) };
  const small = new KeptLists({ maxBytes: 2000 });
  const other = { ...list, user: 'v' };
  for (const one of [list, other]) small.keep(one, small.revision(one.user));
  small.keepPage(other, page);
  expect(small.find(list, 0)).toBeUndefined();
  expect(small.find(other, 0)?.page).toBe(page);
  small.keepPage(other, { ...page, text: 'x'.repeat(1000) });
  expect(small.find(other, 0)?.page).toBe(page);
});
