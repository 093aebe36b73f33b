import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createRequestWindow,
  type JoinCounts,
  outcomeBits,
} from '../../../src/signals/requests/request-window.ts';
import { hashId } from '../../../src/telemetry/event-codes.ts';
import { noteBits } from '../../../src/telemetry/ring-event.ts';
import { createJoin } from '../joined.ts';
import { createSlowJoin, joinSteps, slowOutcome, slowOutcomes, touchSteps } from '../slow-join.ts';

type Join = ReturnType<typeof createJoin>;

/** What the window holds at a slot, as lists. */
function read({ requests }: Join, slot: number) {
  const places = Array.from(
    { length: requests.places(slot) },
    (_, p) => requests.firstPlace(slot) + p,
  );
  return {
    items: places.map(requests.item),
    predicted: places.map(requests.predicted),
    outcomes: places.map(requests.outcome),
    outcome: requests.outcomeOf(slot),
  };
}

const held = (join: Join, request: string) => {
  const slot = join.requests.find(hashId(request));
  return slot < 0 ? undefined : read(join, slot);
};

const joinedNothing = (but: Partial<JoinCounts>): JoinCounts => {
  return { matched: 0, late: 0, unmatched: 0, attributed: 0, unattributed: 0, ...but };
};

/** Collects what leaves. */
function watch(join: Join) {
  const left: (ReturnType<typeof read> & { nowMs: number })[] = [];
  join.requests.onLeave((slot, nowMs) => left.push({ ...read(join, slot), nowMs }));
  return left;
}

test('a request is found with its slate and what it carried', () => {
  const join = createJoin({});
  const { requests } = join;
  const event = { request: 77, session: 99, work: 1, strategy: 2, segment: 3, catalog: 4 };
  const exposure = { ...event, kind: 0, detail: 5 };
  join.send(
    [
      { ...exposure, item: 8, position: 0, predicted: 0.5 },
      { ...exposure, item: 9, position: 1 },
      { ...event, kind: 2, position: 2, detail: 1 },
    ],
    0,
  );
  const slot = requests.find(77);
  expect(read(join, slot)).toEqual({
    items: [8, 9],
    predicted: [0.5, Number.NaN],
    outcomes: [0, 0],
    outcome: 0,
  });
  expect([
    requests.work(slot),
    requests.strategy(slot),
    requests.segment(slot),
    requests.catalog(slot),
    requests.variant(slot),
    requests.session(slot),
  ]).toEqual([1, 2, 3, 4, 5, 99]);
  expect(requests.find(78)).toBe(-1);
});

test('a request that showed nothing is held without variant', () => {
  const join = createJoin({});
  join.send([{ kind: 2, request: 77, strategy: 2, detail: 3 }], 0);
  const slot = join.requests.find(77);
  expect([
    join.requests.strategy(slot),
    join.requests.variant(slot),
    join.requests.places(slot),
  ]).toEqual([2, 0, 0]);
});

test('feedback marks the request and the first place that shows its item', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4, 5, 4] }, 0);
  join.tell({ request: 'a', item: 4, type: 'click' }, 1);
  join.tell({ request: 'a', item: 5, type: 'purchase' }, 1);
  expect(held(join, 'a')).toMatchObject({ outcomes: [1, 2, 0], outcome: 3 });
});

test('feedback on an item outside of the slate counts for the request alone', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4] }, 0);
  join.tell({ request: 'a', item: 7, type: 'cart' }, 1);
  join.tell({ request: 'a', item: -1, type: 'click' }, 1);
  expect(held(join, 'a')).toMatchObject({ outcomes: [0], outcome: 3 });
});

test('which types are clicks and conversions is told, and one may be both', () => {
  const join = createJoin({ clickTypes: ['tap', 'order'], conversionTypes: ['order'] });
  join.show({ request: 'a', items: [1, 2, 3] }, 0);
  for (const [item, type] of [
    [1, 'tap'],
    [2, 'order'],
    [3, 'click'],
  ] as const) {
    join.tell({ request: 'a', item, type }, 1);
  }
  expect(held(join, 'a')).toMatchObject({ outcomes: [1, 3, 0] });
  expect(join.requests.joined.matched).toBe(3);
});

test('a request leaves when the join time is over, and feedback after that is late', () => {
  const join = createJoin({ joinSeconds: 60 });
  const left = watch(join);
  join.show({ request: 'a', items: [4] }, 1000);
  join.tell({ request: 'a', item: 4, type: 'click' }, 60_999);
  expect(left).toEqual([]);
  join.tell({ request: 'a', item: 4, type: 'cart' }, 61_000);
  expect(left).toMatchObject([{ items: [4], outcomes: [1], outcome: 1, nowMs: 61_000 }]);
  expect(held(join, 'a')).toBeUndefined();
  join.tell({ request: 'b', item: 4, type: 'click' }, 61_000);
  expect(join.requests.joined).toMatchObject({ matched: 1, late: 1, unmatched: 1 });
});

test('the join time runs without events too', () => {
  const join = createJoin({ joinSeconds: 60 });
  const left = watch(join);
  join.show({ request: 'a', items: [4] }, 0);
  join.requests.expire(59_999);
  expect(left).toHaveLength(0);
  join.requests.expire(60_000);
  expect(left).toHaveLength(1);
});

test('a clock that goes back lets nothing leave early', () => {
  const join = createJoin({ joinSeconds: 60 });
  const left = watch(join);
  join.show({ request: 'a', items: [4] }, 100_000);
  join.show({ request: 'b', items: [4] }, 50_000);
  join.requests.expire(120_000);
  expect(left).toHaveLength(0);
  join.requests.expire(160_000);
  expect(left).toHaveLength(2);
});

test('exposures and requests without a name are left out, and feedback on them finds nothing', () => {
  const join = createJoin({});
  const left = watch(join);
  join.send([{ kind: 0, item: 3, position: 0 }, { kind: 2 }, { kind: 1, item: 3 }], 0);
  join.requests.expire(10_000_000);
  expect(left).toEqual([]);
  expect(join.requests.joined).toEqual(joinedNothing({ unattributed: 1 }));
});

test('a name used twice is the newer request, and the older leaves once', () => {
  const join = createJoin({ joinSeconds: 60 });
  const left = watch(join);
  join.show({ request: 'a', items: [1] }, 0);
  join.tell({ request: 'a', item: 1, type: 'click' }, 0);
  join.show({ request: 'a', items: [1, 2] }, 10_000);
  expect(left).toMatchObject([{ items: [1], outcomes: [1], nowMs: 10_000 }]);
  join.tell({ request: 'a', item: 2, type: 'click' }, 65_000);
  expect(held(join, 'a')).toMatchObject({ items: [1, 2], outcomes: [0, 1] });
  join.requests.expire(70_000);
  expect(left).toHaveLength(2);
});

test('names used twice take no more room than others', () => {
  const join = createJoin({ maxRequests: 2 });
  // A name that stayed behind would fill the index in the end, and a search in it would not come back.
  for (let n = 0; n < 50; n++) {
    join.show({ request: `r${n}`, items: [n] }, 0);
    join.show({ request: `r${n}`, items: [n, n] }, 0);
  }
  expect(held(join, 'r49')).toMatchObject({ items: [49, 49] });
  for (let n = 0; n < 49; n++) expect(held(join, `r${n}`)).toBeUndefined();
});

test('slates are told apart where the event of a request was lost', () => {
  const join = createJoin({});
  const left = watch(join);
  join.send(
    [
      { kind: 0, request: 5, item: 1, position: 0 },
      { kind: 0, request: 6, item: 2, position: 0 },
      { kind: 0, request: 6, item: 3, position: 0 },
    ],
    0,
  );
  expect(read(join, join.requests.find(5)).items).toEqual([1]);
  expect(read(join, join.requests.find(6)).items).toEqual([3]);
  expect(left).toMatchObject([{ items: [2] }]);
});

test('the oldest requests leave early where there are too many, and are remembered for a while', () => {
  const join = createJoin({ maxRequests: 3 });
  const left = watch(join);
  for (let r = 0; r < 10; r++) join.show({ request: `r${r}`, items: [r] }, 0);
  expect(left.map(({ items }) => items)).toEqual([[0], [1], [2], [3], [4], [5], [6]]);
  for (let r = 0; r < 10; r++) join.tell({ request: `r${r}`, item: r, type: 'view' }, 0);
  expect(join.requests.joined).toMatchObject({ matched: 3, late: 3, unmatched: 4 });
});

test('the oldest requests leave early where their slates are too long together', () => {
  const join = createJoin({ maxPlaces: 6 });
  const left = watch(join);
  join.show({ request: 'a', items: [1, 2] }, 0);
  join.show({ request: 'b', items: [] }, 0);
  join.show({ request: 'c', items: [3, 4] }, 0);
  join.show({ request: 'd', items: [5, 6, 7, 8] }, 0);
  expect(left).toMatchObject([{ items: [1, 2] }]);
  join.show({ request: 'e', items: [9, 10, 11, 12, 13, 14, 15] }, 0);
  expect(left).toMatchObject([
    { items: [1, 2] },
    { items: [] },
    { items: [3, 4] },
    { items: [5, 6, 7, 8] },
  ]);
  expect(held(join, 'e')?.items).toEqual([9, 10, 11, 12, 13, 14]);
});

test.each([
  ['whatever comes when, the window is that of plain lists', joinSteps, 60, 5],
  ['whoever is shown what, feedback finds what plain lists find', touchSteps, 150, 4],
])('%s', (_, arbitrary, numRuns, maxRequests) => {
  const bounds = { joinSeconds: 60, maxRequests, maxPlaces: 13 };
  fc.assert(
    fc.property(arbitrary, (steps) => {
      const join = createJoin(bounds);
      const slow = createSlowJoin(bounds);
      const left = watch(join);
      let nowMs = 0;
      for (const step of steps) {
        nowMs += step.afterMs;
        slow.take(step, nowMs);
        if ('slate' in step) join.show(step.slate, nowMs);
        else join.tell(step.feedback, nowMs);
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
          const expected = slow.find(name);
          const isHeld = expected !== undefined && expected.leftAtMs === undefined;
          expect(held(join, name)?.outcomes).toEqual(isHeld ? slowOutcomes(expected) : undefined);
        }
        expect(join.requests.joined).toEqual(slow.joined);
      }
      expect(left).toEqual(
        slow.left.map((request) => ({
          items: request.slate.items.slice(0, request.places),
          predicted: request.slate.predicted?.slice(0, request.places),
          outcomes: slowOutcomes(request),
          outcome: slowOutcome(request),
          nowMs: request.leftAtMs,
        })),
      );
    }),
    { numRuns },
  );
});

test('owners that left take no room, and those that are held are found among them', () => {
  const join = createJoin({ maxRequests: 2 });
  for (let n = 0; n < 50; n++) join.show({ request: `r${n}`, items: [n], user: `u${n}` }, 0);
  for (let n = 0; n < 50; n++) join.tell({ user: `u${n}`, item: n, type: 'click' }, 0);
  expect(join.requests.joined).toEqual(joinedNothing({ attributed: 2, unattributed: 48 }));
});

test.each([0, 1.5, Number.NaN, 2 ** 40])('a bound of %d is refused', (bound) => {
  const nameOf = () => '';
  for (const options of [{ maxRequests: bound }, { maxPlaces: bound }]) {
    expect(() => createRequestWindow(options, { nameOf })).toThrow(
      expect.objectContaining({ code: 'SL_CONFIG_INVALID' }),
    );
  }
});

test('declared labels come with the event of the request', () => {
  const join = createJoin({});
  const { requests } = join;
  join.send([{ kind: 0, request: 77, item: 5, position: 0 }], 0);
  expect(requests.labels(requests.find(77))).toBe(0);
  join.send([{ kind: 2, request: 77, item: 0x0009_0008, position: 1 }], 1);
  join.send([{ kind: 2, request: 78, item: 3 }], 1);
  expect([77, 78].map((request) => requests.labels(requests.find(request)))).toEqual([
    0x0009_0008, 3,
  ]);
});

test('who listens hears of each feedback event that finds its request, and what it says', () => {
  const join = createJoin({});
  const heard: (readonly [string, number])[] = [];
  join.requests.onJoin((slot, bits) => {
    const name = ['a', 'b'].find((request) => join.requests.find(hashId(request)) === slot);
    heard.push([name ?? 'none', bits]);
  });
  join.show({ request: 'a', items: [4] }, 0);
  join.show({ request: 'b', items: [4] }, 0);
  join.tell({ request: 'b', item: 4, type: 'click' }, 1);
  join.tell({ request: 'a', item: 9, type: 'purchase' }, 1);
  join.tell({ request: 'nobody', item: 4, type: 'click' }, 1);
  join.tell({ request: 'b', item: 4, type: 'view' }, 1);
  expect(heard).toEqual([
    ['b', 1],
    ['a', 2],
    ['b', 0],
  ]);
});

test('feedback that names no request marks the newest one that showed its item to the same user', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4, 5], user: 'u1' }, 0);
  join.show({ request: 'b', items: [5], user: 'u1' }, 1);
  join.show({ request: 'c', items: [6], user: 'u1' }, 2);
  join.show({ request: 'd', items: [4, 5], user: 'u2' }, 3);
  join.tell({ user: 'u1', item: 4, type: 'click' }, 4);
  join.tell({ user: 'u1', item: 5, type: 'purchase' }, 4);
  expect(['a', 'b', 'c', 'd'].map((name) => held(join, name)?.outcomes)).toEqual([
    [1, 0],
    [2],
    [0],
    [0, 0],
  ]);
  expect(join.requests.joined).toEqual(joinedNothing({ attributed: 2 }));
});

test('feedback of nobody, of somebody unknown or on what was not shown to them is left alone', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4], user: 'u1' }, 0);
  join.show({ request: 'b', items: [5] }, 0);
  for (const by of [{}, { user: 'u2' }, { session: 's1' }])
    join.tell({ ...by, item: 4, type: 'click' }, 1);
  join.tell({ user: 'u1', item: 5, type: 'click' }, 1);
  join.tell({ user: 'u1', item: -1, type: 'click' }, 1);
  join.tell({ item: 5, type: 'click' }, 1);
  expect(['a', 'b'].map((name) => held(join, name)?.outcome)).toEqual([0, 0]);
  expect(join.requests.joined).toEqual(joinedNothing({ unattributed: 6 }));
});

test('a user is not the session that has the same name', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4], user: '7' }, 0);
  join.tell({ session: '7', item: 4, type: 'click' }, 1);
  expect(held(join, 'a')?.outcome).toBe(0);
  join.tell({ user: '7', item: 4, type: 'click' }, 1);
  expect(held(join, 'a')?.outcome).toBe(1);
});

test('feedback of a session and its user finds what either was shown, the session first', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4, 5], session: 's1' }, 0);
  join.show({ request: 'b', items: [4, 6], user: 'u1' }, 1);
  for (const item of [4, 6]) join.tell({ session: 's1', user: 'u1', item, type: 'click' }, 2);
  expect(held(join, 'a')?.outcomes).toEqual([1, 0]);
  expect(held(join, 'b')?.outcomes).toEqual([0, 1]);
});

test('what a session was shown is not found by its user alone', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4], session: 's1', user: 'u1' }, 0);
  join.tell({ user: 'u1', item: 4, type: 'click' }, 1);
  expect(join.requests.joined).toEqual(joinedNothing({ unattributed: 1 }));
});

test('feedback on what was shown too long ago finds nothing, whether it names the request or not', () => {
  const join = createJoin({ joinSeconds: 60 });
  join.show({ request: 'a', items: [4], user: 'u1' }, 0);
  join.tell({ user: 'u1', item: 4, type: 'click' }, 60_000);
  expect(join.requests.joined).toEqual(joinedNothing({ unattributed: 1 }));
});

test('what happened long before the answer is no answer to it', () => {
  const join = createJoin({ joinSeconds: 60 });
  join.show({ request: 'a', items: [4], user: 'u1' }, 1_000_000);
  join.tell({ user: 'u1', item: 4, type: 'click', agoMs: 60_002 }, 1_000_001);
  expect(held(join, 'a')?.outcome).toBe(0);
  join.tell({ user: 'u1', item: 4, type: 'click', agoMs: 60_001 }, 1_000_001);
  expect(held(join, 'a')?.outcome).toBe(1);
});

test('one who was shown very much finds the newest of it', () => {
  const join = createJoin({ maxRequests: 1024 });
  const items = Array.from({ length: 20 }, (_, place) => place);
  join.show({ request: 'first', items: [77, ...items], user: 'u1' }, 0);
  for (let r = 0; r < 250; r++) join.show({ request: `r${r}`, items, user: 'u1' }, 0);
  join.tell({ user: 'u1', item: 77, type: 'click' }, 1);
  expect(join.requests.joined.unattributed).toBe(1);
  join.tell({ user: 'u1', item: 3, type: 'click' }, 1);
  expect(held(join, 'r249')?.outcome).toBe(1);
});

test('what feedback says of itself stands beside what its type says', () => {
  const join = createJoin({});
  join.show({ request: 'a', items: [4, 5], user: 'u1' }, 0);
  join.tell({ user: 'u1', item: 4, type: 'click', notes: noteBits.read }, 1);
  join.tell({ request: 'a', item: 5, type: 'star', notes: noteBits.positive }, 1);
  const { clicked, positive, read } = outcomeBits;
  expect(held(join, 'a')?.outcomes).toEqual([clicked | read, positive]);
});
