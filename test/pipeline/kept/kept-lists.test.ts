import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeptList, KeptLists } from '../../../src/pipeline/kept/kept-lists.ts';
import { floatAt, packColumns } from '../../../src/pipeline/kept/list-columns.ts';

const list = (user: string, more: Partial<KeptList> = {}): KeptList => ({
  ...{ user, work: 'home', scope: '', count: 10, columns: new Int32Array(30) },
  ...{ strategy: 'blend', generation: 'g1', catalogueEpoch: 0, segment: '', catalog: 'all' },
  ...{ door: '', sessionLength: 0, untilMs: Number.POSITIVE_INFINITY },
  ...more,
});

const keep = (lists: KeptLists, kept: KeptList) => lists.keep(kept, lists.revision(kept.user));
const find = (lists: KeptLists, user: string, nowMs = 0, scope = '') =>
  lists.find({ user, work: 'home', scope }, nowMs);

test('a list is found by user, work and scope until its time is over', () => {
  const lists = new KeptLists({ maxBytes: 1e6 });
  const kept = list('u', { untilMs: 1000 });
  keep(lists, kept);
  expect(find(lists, 'u', 999)).toBe(kept);
  expect(find(lists, 'v')).toBeUndefined();
  expect(find(lists, 'u', 0, 'boots')).toBeUndefined();
  expect(lists.find({ user: 'u', work: 'other', scope: '' }, 0)).toBeUndefined();
  expect(find(lists, 'u', 1000)).toBeUndefined();
  expect(lists).toMatchObject({ size: 0, bytes: 0 });
});

test('the list that was idle longest makes room', () => {
  const lists = new KeptLists({ maxBytes: 3 * 640 });
  for (const user of ['a', 'b', 'c']) keep(lists, list(user));
  expect(find(lists, 'a')).toBeDefined();
  keep(lists, list('d'));
  expect(['a', 'b', 'c', 'd'].map((user) => find(lists, user) !== undefined)).toEqual([
    ...[true, false, true, true],
  ]);
});

test('a list that is greater than the bound is not kept, and nothing leaves for it', () => {
  const lists = new KeptLists({ maxBytes: 700 });
  keep(lists, list('a'));
  keep(lists, list('b', { columns: new Int32Array(300) }));
  expect(find(lists, 'a')).toBeDefined();
  expect(find(lists, 'b')).toBeUndefined();
});

test('the oldest of the lists of one user makes room for more of them', () => {
  const lists = new KeptLists({ maxBytes: 1e6, perUser: 2 });
  for (const scope of ['x', 'y', 'z']) keep(lists, list('u', { scope }));
  expect(['x', 'y', 'z'].map((scope) => find(lists, 'u', 0, scope)?.scope)).toEqual([
    ...[undefined, 'y', 'z'],
  ]);
  expect(lists.size).toBe(2);
});

test('a list whose user did something while it was made is not kept', () => {
  const lists = new KeptLists({ maxBytes: 1e6 });
  const revision = lists.revision('u');
  lists.forget('u');
  lists.keep(list('u'), revision);
  expect(find(lists, 'u')).toBeUndefined();
  lists.keep(list('u'), lists.revision('u'));
  expect(find(lists, 'u')).toBeDefined();
});

test('lists of a user go when what was written ahead is due, also those that were made since', () => {
  const lists = new KeptLists({ maxBytes: 1e6 });
  keep(lists, list('u'));
  lists.forgetAt('u', 2000);
  lists.forgetAt('v', 1000);
  keep(lists, list('v'));
  expect(find(lists, 'u', 1999)).toBeDefined();
  expect(find(lists, 'v', 1999)).toBeUndefined();
  keep(lists, list('u'));
  expect(find(lists, 'u', 2000)).toBeUndefined();
  keep(lists, list('u'));
  expect(find(lists, 'u', 2001)).toBeDefined();
});

test('while more is due than is remembered, nothing is kept', () => {
  const lists = new KeptLists({ maxBytes: 1e6, maxDue: 2 });
  for (const user of ['a', 'b', 'c']) lists.forgetAt(user, 1000);
  lists.keep(list('a'), lists.revision('a'), 999);
  expect(find(lists, 'a', 999)).toBeUndefined();
  expect(find(lists, 'a', 1000)).toBeUndefined();
  lists.keep(list('a'), lists.revision('a'), 1000);
  expect(find(lists, 'a', 1000)).toBeDefined();
});

test('columns come back as they were, unknown numbers too', () => {
  const items = Int32Array.of(7, 0, 2 ** 31 - 1);
  const scores = Float32Array.of(0.25, -1e-30, 3e38);
  const predicted = Float32Array.of(0.5, Number.NaN, 1);
  const packed = packColumns({ items, scores, predicted }, 3);
  expect([...packed.subarray(0, 3)]).toEqual([...items]);
  for (const [row, score] of scores.entries()) {
    expect(floatAt(packed, 3 + row)).toBe(score);
    expect(floatAt(packed, 6 + row)).toBe(predicted[row]);
  }
});

test('whatever happens, bytes are those of the lists that are found, and within the bound', () => {
  const user = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.oneof(
    fc.record({
      do: fc.constant('keep' as const),
      user,
      scope: fc.constantFrom('', 'x', 'y'),
      rows: fc.nat(60),
    }),
    fc.record({ do: fc.constant('forget' as const), user }),
    fc.record({ do: fc.constant('due' as const), user, inMs: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(30) }),
    fc.record({ do: fc.constant('clear' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lists = new KeptLists({ maxBytes: 3000, perUser: 2 });
      const due: { user: string; atMs: number }[] = [];
      const known = new Map<string, KeptList>();
      let nowMs = 0;
      for (const one of steps) {
        if (one.do === 'keep') {
          const kept = list(one.user, {
            scope: one.scope,
            columns: new Int32Array(3 * one.rows),
            untilMs: nowMs + 40,
          });
          lists.keep(kept, lists.revision(one.user), nowMs);
          known.set(one.user + one.scope, kept);
        } else if (one.do === 'forget') {
          lists.forget(one.user);
          for (const scope of ['', 'x', 'y']) known.delete(one.user + scope);
        } else if (one.do === 'due') {
          lists.forgetAt(one.user, nowMs + one.inMs);
          due.push({ user: one.user, atMs: nowMs + one.inMs });
        } else if (one.do === 'pass') {
          nowMs += one.ms;
          for (const late of due.filter(({ atMs }) => atMs <= nowMs))
            for (const scope of ['', 'x', 'y']) known.delete(late.user + scope);
          due.splice(0, due.length, ...due.filter(({ atMs }) => atMs > nowMs));
        } else {
          lists.clear();
          known.clear();
        }
        expect(lists.bytes).toBeLessThanOrEqual(3000);
        let found = 0;
        let bytes = 0;
        for (const name of ['a', 'b', 'c', 'd'])
          for (const scope of ['', 'x', 'y']) {
            const kept = find(lists, name, nowMs, scope);
            if (kept === undefined) continue;
            found += 1;
            bytes += 500 + kept.columns.byteLength + 2 * (1 + scope.length);
            expect(kept).toBe(known.get(name + scope));
            expect(kept.untilMs).toBeGreaterThan(nowMs);
          }
        expect({ found, bytes }).toEqual({ found: lists.size, bytes: lists.bytes });
      }
    }),
  );
});
