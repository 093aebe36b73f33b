import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import type { Feedback } from '../../src/domain/feedback.ts';
import { compareKeys } from '../../src/stores/key-order.ts';
import { get, type Lookup, type Page, type Store } from '../../src/stores/store.ts';
import { anomaly, click, delivery, item, notification } from './rows.ts';

/** A store under test and the clock it stamps rows with. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Moves the store's clock, epoch milliseconds. */
  setNow(nowMs: number): void;
  /** Closes the store and opens it again on the same data; undefined where data ends with the store. */
  readonly reopen?: (() => Promise<Store>) | undefined;
}

/** Ids that break naive storage: quotes, SQL, 4 KB, control characters, text outside of ASCII, emptiness. */
const hostileIds = [
  '',
  "it's",
  '"quoted"',
  "'; DROP TABLE items; --",
  '%_*?[',
  'x'.repeat(4096),
  '界'.repeat(1365),
  'tab\tnew\nline\u0001\u001f\u007f',
  'a b',
  'ÄÖ\u0301',
  '\u{1F45F}shoe',
  '\uFFFD\uFF21',
  '\u2028',
  'null',
  '0',
  '__proto__',
];

/** Fields of an event with what no store can keep in them. */
const unkeepable: readonly (readonly [keyof Feedback, unknown])[] = [
  ['key', '\ud800'],
  ['key', 7],
  ['type', undefined],
  ['item', '\udc00x'],
  ['user', null],
  ['session', '\ud83d'],
  ['atMs', Number.NaN],
  ['atMs', '5'],
  ['value', Number.POSITIVE_INFINITY],
  ['requestId', {}],
];

/** The behaviour that every store owes, whatever it is made of. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the ${name} store`, () => {
    const opened: Store[] = [];
    const openOne = async (): Promise<StoreUnderTest> => {
      const under = await open();
      opened.push(under.store);
      return under;
    };
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });
    rowsContract(openOne);
    scanContract(openOne);
    feedbackContract(openOne);
    durabilityContract(openOne, opened);
    closingContract(openOne);
    modelContract(openOne);
  });
}

type Open = () => Promise<StoreUnderTest>;

const states = (found: readonly Lookup<unknown>[]) => found.map(({ state }) => state);

async function allPages<Row>(
  limit: number,
  read: (options: { after: string | undefined; limit: number }) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await read({ after, limit });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

const allFeedback = (store: Store, limit = 1000) =>
  allPages(limit, (options) => store.scanFeedback(options));

function rowsContract(open: Open): void {
  test('answers reads in the order and length of the keys, repeated keys included', async () => {
    const { store } = await open();
    await store.mset('items', [item('b'), item('a')]);
    const found = await store.mget('items', ['a', 'nobody', 'b', 'a']);
    expect(states(found)).toEqual(['present', 'absent', 'present', 'present']);
    expect(found.map((lookup) => (lookup.state === 'present' ? lookup.row.id : ''))).toEqual([
      'a',
      '',
      'b',
      'a',
    ]);
    expect(await store.mget('items', [])).toEqual([]);
  });

  test('adds only new rows where that is asked, and leaves those that are there', async () => {
    const { store } = await open();
    await store.mset('users', [{ id: 'a', segment: 'old', attributes: {} }]);
    const rows = ['a', 'b', 'b'].map((id, i) => ({ id, segment: `new-${i}`, attributes: {} }));
    await store.mset('users', rows, { onlyNew: true });
    const found = await store.mget('users', ['a', 'b']);
    expect(found.map((at) => (at.state === 'present' ? at.row.segment : ''))).toEqual([
      'old',
      'new-1',
    ]);
  });

  test('gives rows back as they came, with the time they were written', async () => {
    const { store, setNow } = await open();
    const rich = { ...item('rich', { price: 12.5, sale: true, colour: 'grün' }), expiresAtMs: 7 };
    setNow(5000);
    await store.mset('items', [rich]);
    expect(await get(store, 'items', 'rich')).toEqual({
      state: 'present',
      row: rich,
      writtenAtMs: 5000,
    });
    setNow(6000);
    await store.mset('users', [{ id: 'u', segment: 'DE', attributes: {} }]);
    expect(await get(store, 'users', 'u')).toMatchObject({ writtenAtMs: 6000 });
  });

  test('replaces a row, and keeps the last of equal ids in one call', async () => {
    const { store } = await open();
    await store.mset('items', [item('a', { v: 1 })]);
    await store.mset('items', [item('a', { v: 2 }), item('a', { v: 3 })]);
    expect(await get(store, 'items', 'a')).toMatchObject({ row: { attributes: { v: 3 } } });
    expect(await store.counts()).toEqual({ items: 1, users: 0, feedback: 0 });
  });

  test('deletes, and counts only what was there', async () => {
    const { store } = await open();
    await store.mset('users', [
      { id: 'a', attributes: {} },
      { id: 'b', attributes: {} },
    ]);
    expect(await store.mdelete('users', ['a', 'nobody', 'a'])).toBe(1);
    expect(await store.mdelete('users', ['a'])).toBe(0);
    expect(states(await store.mget('users', ['a', 'b']))).toEqual(['absent', 'present']);
    expect(await store.counts()).toMatchObject({ users: 1 });
  });

  test('keeps items and users apart', async () => {
    const { store } = await open();
    await store.mset('items', [item('same')]);
    expect(states(await store.mget('users', ['same']))).toEqual(['absent']);
    await store.mset('items', []);
    expect(await store.mdelete('users', [])).toBe(0);
  });

  test('keeps messages, what was told and anomalies as they came, each in its table', async () => {
    const { store } = await open();
    await store.mset('deliveries', [delivery('same'), delivery('msg_1')]);
    await store.mset('notifications', [notification('same')]);
    await store.mset('anomalies', [anomaly('same')]);
    await store.mset('deliveries', [delivery('same', { attempts: 3, dueAtMs: 9 })]);
    const limit = 9;
    expect((await store.scan('deliveries', { limit })).rows).toEqual([
      delivery('msg_1'),
      delivery('same', { attempts: 3, dueAtMs: 9 }),
    ]);
    expect((await store.scan('notifications', { limit })).rows).toEqual([notification('same')]);
    expect(await get(store, 'anomalies', 'same')).toMatchObject({ row: anomaly('same') });
    expect(await store.mdelete('deliveries', ['same', 'nobody'])).toBe(1);
    expect(states(await store.mget('anomalies', ['same', 'msg_1']))).toEqual(['present', 'absent']);
    expect(await store.counts()).toEqual({ items: 0, users: 0, feedback: 0 });
  });

  test('makes changes that are asked for at once in their order, across tables too', async () => {
    const { store } = await open();
    await Promise.all([
      store.mset('deliveries', [delivery('a'), delivery('b')]),
      store.mset('notifications', [notification('a')]),
      store.mdelete('deliveries', ['a']),
      store.mset('deliveries', [delivery('a', { attempts: 1 })]),
      store.mdelete('notifications', ['a']),
    ]);
    expect((await store.scan('deliveries', { limit: 9 })).rows).toEqual([
      delivery('a', { attempts: 1 }),
      delivery('b'),
    ]);
    expect(await store.scan('notifications', { limit: 9 })).toEqual({ rows: [] });
  });

  test('takes hostile ids as they are', async () => {
    const { store } = await open();
    await store.mset(
      'items',
      hostileIds.map((id) => item(id)),
    );
    const found = await store.mget('items', hostileIds);
    expect(found.map((lookup) => lookup.state === 'present' && lookup.row.id)).toEqual(hostileIds);
    expect(await store.mdelete('items', hostileIds)).toBe(hostileIds.length);
  });

  test('refuses an id that is not well-formed text, and finds nothing under it', async () => {
    const { store } = await open();
    await store.mset('items', [item('\uFFFD')]);
    await expect(store.mset('items', [item('a'), item('half \ud83d')])).rejects.toMatchObject({
      code: 'SL_REQUEST_INVALID',
      path: '1.id',
    });
    expect(states(await store.mget('items', ['a', '\ud83d']))).toEqual(['absent', 'absent']);
    expect(await store.mdelete('items', ['\ud83d'])).toBe(0);
  });
}

function scanContract(open: Open): void {
  test('pages through rows in key order, each exactly once', async () => {
    const { store } = await open();
    const ids = [...hostileIds, ...Array.from({ length: 30 }, (_, n) => `item-${n}`)];
    await store.mset(
      'items',
      ids.map((id) => item(id)),
    );
    const sorted = ids.toSorted(compareKeys);
    for (const limit of [1, 7, ids.length, 1000]) {
      const rows = await allPages(limit, (options) => store.scan('items', options));
      expect(rows.map(({ id }) => id)).toEqual(sorted);
    }
  });

  test('a scan goes on past rows that were deleted and over rows that came behind it', async () => {
    const { store } = await open();
    await store.mset(
      'items',
      ['b', 'd', 'f'].map((id) => item(id)),
    );
    const first = await store.scan('items', { limit: 2 });
    expect(first.next).toBe('d');
    await store.mdelete('items', ['d']);
    await store.mset('items', [item('a'), item('e')]);
    const second = await store.scan('items', { after: first.next, limit: 2 });
    expect(second.rows.map(({ id }) => id)).toEqual(['e', 'f']);
    expect(second.next).toBeUndefined();
  });

  test('an empty table has one empty page', async () => {
    const { store } = await open();
    expect(await store.scan('users', { limit: 5 })).toEqual({ rows: [] });
    expect(await store.scanFeedback({ limit: 5 })).toEqual({ rows: [] });
  });

  test('refuses a page size that never ends a scan', async () => {
    const { store } = await open();
    const invalid = { code: 'SL_REQUEST_INVALID', path: 'limit' };
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await expect(store.scan('items', { limit })).rejects.toMatchObject(invalid);
      await expect(store.scanFeedback({ limit })).rejects.toMatchObject(invalid);
    }
  });
}

function feedbackContract(open: Open): void {
  test('keeps events with every field, in the order they came', async () => {
    const { store } = await open();
    const full = click('k2', { user: 'u', session: 's', value: -0.5, requestId: 'r', atMs: 1.5 });
    const receipt = await store.appendFeedback([click('k1'), full]);
    expect(receipt).toEqual({ accepted: 2, duplicates: 0, fresh: new Uint8Array([1, 1]) });
    expect(await allFeedback(store)).toEqual([click('k1'), full]);
  });

  test('keeps equal keys once, within a batch and across batches', async () => {
    const { store } = await open();
    const first = await store.appendFeedback([click('a'), click('b'), click('a', { item: 'X' })]);
    expect(first).toEqual({ accepted: 2, duplicates: 1, fresh: new Uint8Array([1, 1, 0]) });
    const second = await store.appendFeedback([click('b'), click('c')]);
    expect(second).toEqual({ accepted: 1, duplicates: 1, fresh: new Uint8Array([0, 1]) });
    expect(await allFeedback(store)).toEqual([click('a'), click('b'), click('c')]);
    expect(await store.counts()).toMatchObject({ feedback: 3 });
  });

  test('an empty batch changes nothing', async () => {
    const { store } = await open();
    expect(await store.appendFeedback([])).toEqual({
      accepted: 0,
      duplicates: 0,
      fresh: new Uint8Array(),
    });
  });

  test('keeps a batch of 10,000 in its order', async () => {
    const { store } = await open();
    const batch = Array.from({ length: 10_000 }, (_, n) => click(`k${(n * 7919) % 10_000}`));
    expect((await store.appendFeedback(batch)).accepted).toBe(10_000);
    const kept = await allFeedback(store, 3000);
    expect(kept.map(({ key }) => key)).toEqual(batch.map(({ key }) => key));
  });

  test('concurrent appends are all kept once, each batch in its own order', async () => {
    const { store } = await open();
    const batches = Array.from({ length: 40 }, (_, b) =>
      Array.from({ length: 25 }, (_, e) => click(`${b}/${e}`)),
    );
    const receipts = await Promise.all(
      [...batches, ...batches].map((batch) => store.appendFeedback(batch)),
    );
    expect(receipts.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(1000);
    const kept = (await allFeedback(store, 333)).map(({ key }) => key);
    expect(new Set(kept).size).toBe(1000);
    expect(kept).toEqual(batches.flat().map(({ key }) => key));
  });

  test('pages on from a cursor over what came since', async () => {
    const { store } = await open();
    await store.appendFeedback(['a', 'b', 'c'].map((key) => click(key)));
    const { rows, next } = await store.scanFeedback({ limit: 2 });
    expect(rows.map(({ key }) => key)).toEqual(['a', 'b']);
    await store.appendFeedback([click('d')]);
    const rest = await store.scanFeedback({ after: next, limit: 10 });
    expect(rest.rows.map(({ key }) => key)).toEqual(['c', 'd']);
  });

  test('begins at the last events on request', async () => {
    const { store } = await open();
    await store.appendFeedback(['a', 'b', 'c', 'd'].map((key) => click(key)));
    const keys = async (last: number) =>
      (await store.scanFeedback({ last, limit: 10 })).rows.map(({ key }) => key);
    expect(await keys(2)).toEqual(['c', 'd']);
    expect(await keys(99)).toEqual(['a', 'b', 'c', 'd']);
    expect(await keys(0)).toEqual([]);
    const { next } = await store.scanFeedback({ last: 3, limit: 1 });
    const { rows } = await store.scanFeedback({ last: 3, after: next, limit: 10 });
    expect(rows.map(({ key }) => key)).toEqual(['c', 'd']);
  });

  test('takes hostile text in every field', async () => {
    const { store } = await open();
    const batch = hostileIds.map((text) =>
      click(text, { type: text, item: text, user: text, session: text, requestId: text }),
    );
    expect((await store.appendFeedback(batch)).accepted).toBe(batch.length);
    expect(await allFeedback(store, 5)).toEqual(batch);
  });

  test('refuses a batch with an event it could not give back, whole', async () => {
    const { store } = await open();
    for (const [field, value] of unkeepable) {
      const bad = { ...click('bad'), [field]: value } as Feedback;
      await expect(store.appendFeedback([click('good'), bad])).rejects.toMatchObject({
        code: 'SL_REQUEST_INVALID',
        path: `events.1.${field}`,
      });
    }
    expect(await store.counts()).toMatchObject({ feedback: 0 });
    expect((await store.appendFeedback([click('good')])).accepted).toBe(1);
  });

  test('refuses a cursor it never gave out', async () => {
    const { store } = await open();
    for (const after of ['', 'x', '-1', '1.5', '9'.repeat(30)]) {
      await expect(store.scanFeedback({ after, limit: 1 })).rejects.toMatchObject({
        code: 'SL_REQUEST_INVALID',
        path: 'after',
      });
    }
  });
}

function durabilityContract(open: Open, opened: Store[]): void {
  test('what was kept is there after a new start, and still kept once', async ({ skip }) => {
    const { store, reopen } = await open();
    if (reopen === undefined) return skip('data of this store ends with it');
    await store.mset('items', [item('a')]);
    await store.mset('deliveries', [delivery('msg_1')]);
    await store.mset('anomalies', [anomaly('an_1')]);
    await store.appendFeedback([click('k1'), click('k2')]);
    const again = await reopen();
    opened.push(again);
    expect(states(await again.mget('items', ['a']))).toEqual(['present']);
    expect((await again.scan('deliveries', { limit: 9 })).rows).toEqual([delivery('msg_1')]);
    expect((await again.scan('anomalies', { limit: 9 })).rows).toEqual([anomaly('an_1')]);
    const receipt = await again.appendFeedback([click('k2'), click('k3'), click('k1')]);
    expect(receipt).toEqual({ accepted: 1, duplicates: 2, fresh: new Uint8Array([0, 1, 0]) });
    expect((await allFeedback(again)).map(({ key }) => key)).toEqual(['k1', 'k2', 'k3']);
    expect(await again.counts()).toEqual({ items: 1, users: 0, feedback: 3 });
  });
}

function closingContract(open: Open): void {
  test('close waits for what was asked before, and refuses what is asked after', async () => {
    const { store } = await open();
    const early = [store.appendFeedback([click('a')]), store.mset('items', [item('a')])];
    await Promise.all([store.close(), store.close()]);
    await Promise.all(early);
    const closed = { code: 'SL_STORE_UNAVAILABLE' };
    await expect(store.mset('items', [item('b')])).rejects.toMatchObject(closed);
    await expect(store.mdelete('items', ['a'])).rejects.toMatchObject(closed);
    await expect(store.scan('items', { limit: 1 })).rejects.toMatchObject(closed);
    await expect(store.appendFeedback([click('b')])).rejects.toMatchObject(closed);
    await expect(store.scanFeedback({ limit: 1 })).rejects.toMatchObject(closed);
    await expect(store.counts()).rejects.toBeInstanceOf(SightlineError);
    expect(await store.mget('items', ['a', 'b'])).toMatchObject([
      { state: 'failed', reason: 'unavailable' },
      { state: 'failed', reason: 'unavailable' },
    ]);
  });
}

const id = fc.oneof(fc.constantFrom('a', 'b', 'c', "d'"), fc.string({ unit: 'grapheme' }));
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), ids: fc.array(id, { maxLength: 5 }), v: fc.nat() }),
  fc.record({ do: fc.constant('delete' as const), ids: fc.array(id, { maxLength: 3 }) }),
  fc.record({ do: fc.constant('append' as const), ids: fc.array(id, { maxLength: 6 }) }),
);

function modelContract(open: Open): void {
  test('behaves as a map of rows and a set of keys under any order of calls', async () => {
    const { store } = await open();
    const rows = new Map<string, number>();
    const keys = new Set<string>();
    const run = async (action: typeof step extends fc.Arbitrary<infer S> ? S : never) => {
      if (action.do === 'set') {
        await store.mset(
          'items',
          action.ids.map((one) => item(one, { v: action.v })),
        );
        for (const one of action.ids) rows.set(one, action.v);
      } else if (action.do === 'delete') {
        const there = new Set(action.ids.filter((one) => rows.delete(one)));
        expect(await store.mdelete('items', action.ids)).toBe(there.size);
      } else {
        const fresh = action.ids.map((one) => (keys.has(one) ? 0 : keys.add(one) && 1));
        const receipt = await store.appendFeedback(action.ids.map((one) => click(one)));
        expect([...receipt.fresh]).toEqual(fresh);
      }
    };
    const property = fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      for (const action of steps) await run(action);
      const kept = await allPages(3, (options) => store.scan('items', options));
      expect(kept.map((row) => [row.id, row.attributes.v])).toEqual(
        [...rows].toSorted(([a], [b]) => compareKeys(a, b)),
      );
      expect((await allFeedback(store)).map(({ key }) => key)).toEqual([...keys]);
    });
    await fc.assert(property, { numRuns: 25 });
  });
}
