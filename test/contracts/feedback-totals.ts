import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Feedback, FeedbackSelection, FeedbackTotal } from '../../src/domain/feedback.ts';
import { compareKeys } from '../../src/stores/key-order.ts';
import type { Store } from '../../src/stores/store.ts';
import { click, item } from './rows.ts';
import type { StoreUnderTest } from './store.ts';

const like = (user: string, item: string, more: Partial<Feedback> = {}): Feedback =>
  click(`${user}/${item}/${more.type ?? 'like'}/${more.atMs ?? 1}/${more.value ?? ''}`, {
    ...{ type: 'like', user, item, atMs: 1 },
    ...more,
  });

/** The behaviour that every store owes with feedback by what it is about. */
export function feedbackTotalsContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`feedback totals of the ${name} store`, () => {
    const opened: Store[] = [];
    const openStore = async (): Promise<Store> => {
      const { store } = await open();
      opened.push(store);
      return store;
    };
    const all = async (store: Store, which: FeedbackSelection = {}) =>
      (await store.feedbackTotals(which, { limit: 1000 })).rows;

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
    });

    test('sum the values of one type, user and item, and span their times', async () => {
      const store = await openStore();
      await store.appendFeedback([
        like('u', 'a', { value: 2, atMs: 50, comment: 'first' }),
        like('u', 'a', { value: 0.5, atMs: 20, labels: { from: 'mail' }, comment: 'last' }),
        like('u', 'a', { type: 'read', atMs: 30 }),
      ]);
      expect(await all(store)).toEqual([
        {
          ...{ type: 'like', user: 'u', item: 'a', value: 2.5, firstAtMs: 20, lastAtMs: 50 },
          ...{ labels: { from: 'mail' }, comment: 'last' },
        },
        { type: 'read', user: 'u', item: 'a', value: 0, firstAtMs: 30, lastAtMs: 30 },
      ]);
    });

    test('leave out feedback of nobody and what is later than asked', async () => {
      const store = await openStore();
      await store.appendFeedback([
        click('k1', { user: undefined }),
        like('u', 'due', { atMs: 10 }),
        like('u', 'later', { atMs: 11 }),
      ]);
      const { rows } = await store.feedbackTotals({ user: 'u' }, { untilMs: 10, limit: 10 });
      expect(rows.map((total) => total.item)).toEqual(['due']);
    });

    test.each([
      ['a user', { user: 'u1' }, ['like u1 a', 'like u1 b', 'read u1 a']],
      ['an item', { item: 'b' }, ['like u1 b', 'read u2 b']],
      ['a type', { type: 'read' }, ['read u1 a', 'read u2 b']],
      ['a type and user', { type: 'like', user: 'u1' }, ['like u1 a', 'like u1 b']],
      ['a user and item', { user: 'u1', item: 'a' }, ['like u1 a', 'read u1 a']],
      ['users of a prefix', { userPrefix: 'u2' }, ['read u2 b']],
      ['a type and a prefix', { type: 'like', userPrefix: 'u2' }, []],
      ['everything', {}, ['like u1 a', 'like u1 b', 'read u1 a', 'read u2 b']],
    ])('are found, and deleted, by %s', async (_, which: FeedbackSelection, expected: string[]) => {
      const store = await openStore();
      const batch = [
        like('u1', 'b'),
        like('u2', 'b', { type: 'read' }),
        like('u1', 'a', { type: 'read' }),
        like('u1', 'a'),
        like('u1', 'a', { atMs: 7 }),
      ];
      await store.appendFeedback(batch);
      const before = await all(store);
      const found = (totals: readonly FeedbackTotal[]) =>
        totals.map(({ type, user, item }) => `${type} ${user} ${item}`);
      expect(found(await all(store, which))).toEqual(expected);
      expect(await store.deleteFeedback(which)).toBe(expected.length);
      expect(found(await all(store))).toEqual(found(before).filter((t) => !expected.includes(t)));
      expect((await store.scanFeedback({ limit: 100 })).rows).toHaveLength(
        batch.filter(({ type, user, item }) => !expected.includes(`${type} ${user} ${item}`))
          .length,
      );
    });

    test('a replacement takes the place of all events of its triple, and of no other', async () => {
      const store = await openStore();
      await store.appendFeedback([
        like('u', 'a', { value: 1 }),
        like('u', 'a', { value: 4, atMs: 3 }),
        like('u', 'b', { value: 1 }),
      ]);
      await store.replaceFeedback([
        like('u', 'a', { value: 7, atMs: 9 }),
        like('u', 'a', { value: 8, atMs: 10 }),
      ]);
      expect(
        (await all(store)).map(({ item, value, firstAtMs }) => [item, value, firstAtMs]),
      ).toEqual([
        ['a', 7, 9],
        ['b', 1, 1],
      ]);
      expect((await store.counts()).feedback).toBe(2);
    });

    test('a replacement by what is there already changes nothing', async () => {
      const store = await openStore();
      const events = Array.from({ length: 30 }, (_, i) =>
        like(`u${i % 7}`, `i${29 - i}`, { value: i / 3, comment: i % 2 === 0 ? 'c' : undefined }),
      );
      await store.replaceFeedback(events);
      const before = await all(store);
      const keyed = events.map((event, e) => ({ ...event, key: `again-${e}` }));
      await store.replaceFeedback(keyed.toReversed());
      expect(await all(store)).toEqual(before);
      expect((await store.counts()).feedback).toBe(30);
      await store.replaceFeedback([{ ...keyed[4], labels: ['new'] }]);
      expect((await all(store)).filter(({ labels }) => labels !== undefined)).toHaveLength(1);
      expect((await store.counts()).feedback).toBe(30);
    });

    test('a replacement with an event of nobody changes nothing', async () => {
      const store = await openStore();
      await store.appendFeedback([like('u', 'a')]);
      const nobody = click('k', { user: undefined });
      await expect(store.replaceFeedback([like('u', 'a', { atMs: 5 }), nobody])).rejects.toThrow(
        'user of event 1',
      );
      expect((await all(store)).map(({ firstAtMs }) => firstAtMs)).toEqual([1]);
    });

    test('events go on in order over the gaps that deleted ones leave, and are counted', async () => {
      const store = await openStore();
      const events = Array.from({ length: 20 }, (_, i) => like(`u${i % 4}`, `i${i}`));
      await store.appendFeedback(events);
      await store.deleteFeedback({ user: 'u1' });
      await store.appendFeedback([like('u9', 'new')]);
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const { rows, next } = await store.scanFeedback({ after, limit: 3 });
        seen.push(...rows.map(({ item }) => item));
        after = next;
      } while (after !== undefined);
      const left = events.filter(({ user }) => user !== 'u1').map(({ item }) => item);
      expect(seen).toEqual([...left, 'new']);
      expect((await store.counts()).feedback).toBe(16);
    });

    test('hostile text is found and deleted as it is', async () => {
      const store = await openStore();
      const texts = ["it's", '%_*', '', 'a\u0000b', '\u{1F45F}', '\uFF21', '__proto__'];
      const events = texts.flatMap((type) => texts.map((user) => like(user, type, { type })));
      await store.appendFeedback(events);
      const rows = await all(store);
      const order = rows.map(({ type, user }) => [type, user]);
      expect(order).toEqual(
        [...order].sort((a, b) => compareKeys(a[0], b[0]) || compareKeys(a[1], b[1])),
      );
      expect(rows).toHaveLength(events.length);
      expect(await store.deleteFeedback({ user: '%_*' })).toBe(texts.length);
    });

    test('pages give every total once while others come and go', async () => {
      const triple = fc.tuple(
        fc.constantFrom('like', 'read'),
        fc.constantFrom('a', 'b', 'ab', 'c', 'd'),
        fc.constantFrom('1', '2', '3', '4'),
      );
      const asked = fc.asyncProperty(
        fc.array(triple, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        async (triples, limit) => {
          const store = await openStore();
          await store.appendFeedback(triples.map(([type, user, i]) => like(user, i, { type })));
          const seen: string[] = [];
          let from: { type: string; user: string; item: string } | undefined;
          do {
            const { rows, next } = await store.feedbackTotals({}, { from, limit });
            seen.push(...rows.map(({ type, user, item }) => `${type} ${user} ${item}`));
            await store.appendFeedback([like('zz', `new${seen.length}`, { type: 'a' })]);
            from = next;
          } while (from !== undefined);
          const once = [...new Set(triples.map((parts) => parts.join(' ')))].sort();
          expect(seen.filter((text) => !text.includes('zz'))).toEqual(once);
        },
      );
      await fc.assert(asked, { numRuns: 10 });
    });

    test('rows begin with a key and end before another on request', async () => {
      const store = await openStore();
      await store.mset(
        'items',
        ['a', 'acme:1', 'acme:2', 'b'].map((id) => item(id)),
      );
      const range = { from: 'acme:', before: 'acme;' };
      const first = await store.scan('items', { ...range, limit: 1 });
      expect(first.rows.map(({ id }) => id)).toEqual(['acme:1']);
      const rest = await store.scan('items', { ...range, after: first.next, limit: 5 });
      expect(rest.rows.map(({ id }) => id)).toEqual(['acme:2']);
      expect(rest.next).toBeUndefined();
    });
  });
}
