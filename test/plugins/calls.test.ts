import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Candidates } from '../../src/domain/candidates.ts';
import type { RequestContext } from '../../src/pipeline/algorithm.ts';
import { RequestFeatures } from '../../src/pipeline/features/request-features.ts';
import { History } from '../../src/pipeline/history.ts';
import { neutralIntent } from '../../src/pipeline/run.ts';
import { learnNames, noNames, readCall } from '../../src/plugins/isolation/read-call.ts';
import { createCallWriter } from '../../src/plugins/isolation/write-call.ts';
import { ItemTable } from '../../src/stores/item-table.ts';

const size = 30;

function shop(): ItemTable {
  const table = new ItemTable();
  for (let i = 0; i < size; i++) {
    table.upsert({
      id: `A${i}`,
      catalog: `c${i % 3}`,
      categories: Array.from({ length: i % 4 }, (_, c) => `category ${(i + c) % 7}`),
      attributes: i % 5 === 0 ? {} : { price: i, colour: `colour ${i % 6}` },
      hidden: i % 11 === 0,
      publishedAtMs: 1000 * i,
      expiresAtMs: i % 2 === 0 ? undefined : 5000 * i,
    });
  }
  return table;
}

function contextOf(table: ItemTable, recent: readonly number[], anchor: number): RequestContext {
  const items = Int32Array.from(recent);
  return {
    request: { n: 5, explain: false, session: 's1' },
    table,
    nowMs: 7,
    intent: { ...neutralIntent, recent: items, anchor },
    session: { items, atMs: Float64Array.from(recent), count: recent.length },
    user: { state: 'absent' },
    query: { anchor, recent: items, nowMs: 7, purpose: 'next' },
    variant: 'e/a',
    features: new RequestFeatures(new Candidates(), () => -1),
    history: new History(),
    remainingMs: () => 50,
    carry: () => ({ traceparent: '00-1-2-01' }),
  };
}

/** Everything that a table says of an item, in words. */
function described(table: ItemTable, item: number) {
  return {
    id: table.ids[item],
    catalog: table.catalogs.names[table.catalog[item]],
    categories: [...table.categoriesOf[item]].map((code) => table.categories.names[code]),
    attributes: [...table.attributesOf[item]].map((code) => table.attributes.names[code]),
    hidden: table.hidden[item],
    publishedAtMs: table.publishedAtMs[item],
    expiresAtMs: table.expiresAtMs[item],
    index: table.indexOf(table.ids[item]) === item,
  };
}

const item = fc.integer({ min: 0, max: size - 1 });

test('what a call says of its items is what the table says, over many calls of one thread', () => {
  const table = shop();
  const write = createCallWriter();
  const names = noNames();
  fc.assert(
    fc.property(
      fc.uniqueArray(item, { maxLength: 20 }),
      fc.array(item, { maxLength: 10 }),
      fc.integer({ min: -1, max: size - 1 }),
      (rows, recent, anchor) => {
        const candidates = new Candidates();
        candidates.items.set(rows);
        candidates.count = rows.length;
        const written = write(contextOf(table, recent, anchor), candidates);
        const sent = structuredClone(written.context);
        learnNames(names, sent.names);
        const { context, candidates: read } = readCall(sent, names);
        const known = (places: Int32Array) => [...places].map((place) => written.items[place]);
        expect([...(read?.items.subarray(0, read.count) ?? [])]).toEqual(rows.map((_, i) => i));
        expect(known(context.intent.recent)).toEqual(recent);
        expect(known(context.session?.items ?? new Int32Array(0))).toEqual(recent);
        expect(known(context.query.recent)).toEqual(recent);
        expect(anchor < 0 ? -1 : written.items[context.intent.anchor]).toBe(anchor);
        for (const [place, dense] of written.items.entries())
          expect(described(context.table, place)).toEqual(described(table, dense));
      },
    ),
  );
});

test('an id that a call did not bring gets an index behind its items, and the same one again', () => {
  const write = createCallWriter();
  const names = noNames();
  const sent = write(contextOf(shop(), [1, 2], -1)).context;
  learnNames(names, sent.names);
  const { table } = readCall(sent, names);
  expect([
    table.indexOf('A1'),
    table.indexOf('new'),
    table.indexOf('A2'),
    table.indexOf('new'),
  ]).toEqual([0, 2, 1, 2]);
  expect(table.fresh).toEqual(['new']);
});

test('a call can bring so many ids of its own and no more', () => {
  const sent = createCallWriter()(contextOf(shop(), [], -1)).context;
  const { table } = readCall(sent, noNames());
  const indices = Array.from({ length: 5000 }, (_, i) => table.indexOf(`new ${i}`));
  expect(indices.filter((index) => index >= 0)).toHaveLength(4096);
});
