import fc from 'fast-check';
import { noteBits } from '../../src/telemetry/ring-event.ts';
import type { TestFeedback, TestSlate } from './joined.ts';

/** Something that happens some time after what happened before. */
type JoinStep = { readonly afterMs: number } & (
  | { readonly slate: TestSlate }
  | { readonly feedback: TestFeedback }
);

/** A request as the slow join keeps it. */
interface SlowRequest {
  readonly slate: TestSlate;
  readonly atMs: number;
  /** Places that found room. */
  places: number;
  readonly clicked: Set<number>;
  readonly converted: Set<number>;
  readonly positive: Set<number>;
  readonly read: Set<number>;
  /** What all feedback on it says together. */
  notes: number;
  /** Types of the feedback that named it. */
  readonly types: Set<string>;
  leftAtMs: number | undefined;
  /** Whether a newer request has its name. */
  renamed: boolean;
}

const conversions = ['cart', 'purchase'];

/** The rules of the request window in plain lists that are searched from end to end. */
export function createSlowJoin({
  joinSeconds,
  maxRequests,
  maxPlaces,
}: {
  joinSeconds: number;
  maxRequests: number;
  maxPlaces: number;
}) {
  const all: SlowRequest[] = [];
  const left: SlowRequest[] = [];
  const joined = { matched: 0, late: 0, unmatched: 0, attributed: 0, unattributed: 0 };
  let oldest = 0;
  const leave = (request: SlowRequest, nowMs: number) => {
    if (request.leftAtMs !== undefined) return;
    request.leftAtMs = nowMs;
    left.push(request);
  };
  const expire = (nowMs: number) => {
    while (oldest < all.length && all[oldest].atMs + joinSeconds * 1000 <= nowMs)
      leave(all[oldest++], nowMs);
  };
  const find = (name: string) =>
    all
      .slice(Math.max(0, oldest - maxRequests))
      .find(({ slate, renamed }) => slate.request === name && !renamed);
  const show = (slate: TestSlate, nowMs: number) => {
    const before = find(slate.request);
    if (before !== undefined) {
      leave(before, nowMs);
      before.renamed = true;
    }
    if (all.length - oldest === maxRequests) leave(all[oldest++], nowMs);
    const request: SlowRequest = {
      slate,
      atMs: nowMs,
      places: Math.min(slate.items.length, maxPlaces),
      clicked: new Set(),
      converted: new Set(),
      positive: new Set(),
      read: new Set(),
      notes: 0,
      types: new Set(),
      leftAtMs: undefined,
      renamed: false,
    };
    all.push(request);
    const places = () => all.slice(oldest).reduce((sum, one) => sum + one.places, 0);
    while (places() > maxPlaces) leave(all[oldest++], nowMs);
  };
  const mark = (request: SlowRequest, { item, type, notes = 0 }: TestFeedback) => {
    request.types.add(type);
    request.notes |= notes;
    const place = placeIn(request, item);
    if (place >= 0 && type === 'click') request.clicked.add(place);
    if (place >= 0 && conversions.includes(type)) request.converted.add(place);
    if (place >= 0 && (notes & noteBits.positive) !== 0) request.positive.add(place);
    if (place >= 0 && (notes & noteBits.read) !== 0) request.read.add(place);
  };
  /** The last that was shown to a session, or to a user who named none. */
  const lastShown = (isOwn: (slate: TestSlate) => boolean, item: number, lastAtMs: number) =>
    all.findLast(
      (one) =>
        one.leftAtMs === undefined &&
        one.atMs <= lastAtMs &&
        isOwn(one.slate) &&
        placeIn(one, item) >= 0,
    );
  const attribute = (feedback: TestFeedback, nowMs: number) => {
    const { session, user, item, agoMs = 0 } = feedback;
    const lastAtMs = nowMs - agoMs + joinSeconds * 1000;
    const ofSession = (slate: TestSlate) => session !== undefined && slate.session === session;
    const ofUser = (slate: TestSlate) =>
      user !== undefined && slate.session === undefined && slate.user === user;
    const request = lastShown(ofSession, item, lastAtMs) ?? lastShown(ofUser, item, lastAtMs);
    joined[request === undefined ? 'unattributed' : 'attributed'] += 1;
    if (request !== undefined) mark(request, feedback);
  };
  const tell = (feedback: TestFeedback, nowMs: number) => {
    if (feedback.request === undefined) {
      attribute(feedback, nowMs);
      return;
    }
    const request = find(feedback.request);
    if (request === undefined) joined.unmatched += 1;
    else if (request.leftAtMs !== undefined) joined.late += 1;
    else {
      joined.matched += 1;
      mark(request, feedback);
    }
  };
  const take = (step: JoinStep, nowMs: number) => {
    expire(nowMs);
    if ('slate' in step) show(step.slate, nowMs);
    else tell(step.feedback, nowMs);
  };
  return { all, left, joined, expire, find, take };
}

/** The first of its places that shows an item, or -1. */
function placeIn({ slate, places }: SlowRequest, item: number): number {
  return slate.items.slice(0, places).indexOf(item);
}

/** The bits of a request as a whole. */
export function slowOutcome({ types, notes }: SlowRequest): number {
  const converted = conversions.some((type) => types.has(type));
  return (types.has('click') ? 1 : 0) + (converted ? 2 : 0) + notes;
}

/** The bits of each place. */
export function slowOutcomes({
  places,
  clicked,
  converted,
  positive,
  read,
}: SlowRequest): number[] {
  return Array.from(
    { length: places },
    (_, place) =>
      (clicked.has(place) ? 1 : 0) +
      (converted.has(place) ? 2 : 0) +
      (positive.has(place) ? noteBits.positive : 0) +
      (read.has(place) ? noteBits.read : 0),
  );
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const afterMs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 20_000 }),
  fc.constantFrom(60_000, 3_600_000),
);
const place = fc.record({
  item: fc.nat(5),
  predicted: fc.constantFrom(...[0, 0.1, 0.25, 0.25, 0.5, 0.9, 1, NaN, -1, 2].map(Math.fround)),
});
const slate = fc
  .record({
    request: name,
    places: fc.array(place, { maxLength: 6 }),
    strategy: fc.constantFrom('blend', 'trend'),
    catalog: fc.constantFrom('shoes', 'bags'),
    variant: fc.constantFrom('home/control', 'home/treatment', undefined),
    session: fc.constantFrom('s1', 's2', 's3', undefined),
    // Somebody has the name of a session.
    user: fc.constantFrom('s1', 'u1', undefined),
  })
  .map(({ places, variant, session, user, ...rest }): TestSlate => {
    const columns = {
      items: places.map(({ item }) => item),
      predicted: places.map(({ predicted }) => predicted),
    };
    const optional = {
      ...(variant !== undefined && { variant }),
      ...(session !== undefined && { session }),
      ...(user !== undefined && { user }),
    };
    return { ...rest, ...columns, ...optional };
  });
const feedback = fc.record(
  {
    request: name,
    session: fc.constantFrom('s1', 's2', 's3', 's4'),
    user: fc.constantFrom('s1', 'u1', 'u2'),
    item: fc.integer({ min: -1, max: 5 }),
    type: fc.constantFrom('click', 'click', 'cart', 'purchase', 'view'),
    notes: fc.constantFrom(0, noteBits.positive, noteBits.read, noteBits.positive | noteBits.read),
    agoMs: fc.constantFrom(0, 0, 0, 1000, 50_000, 60_000, 90_000, -5000),
  },
  { requiredKeys: ['item', 'type'] },
);

/** Few owners who are shown few items in a short time, and feedback that seldom names a request. */
export const touchSteps = fc.array(
  fc.oneof(
    fc.record({
      afterMs: fc.constantFrom(0, 0, 0, 1000, 20_000),
      slate: fc
        .record(
          {
            request: fc.oneof(name, fc.nat(1000).map(String)),
            items: fc.uniqueArray(fc.nat(3), { maxLength: 3 }),
            session: fc.constantFrom('s1', 's2'),
            user: fc.constantFrom('s1', 'u1'),
          },
          { requiredKeys: ['request', 'items'] },
        )
        .map((shown): TestSlate => ({ ...shown, predicted: shown.items.map(() => Number.NaN) })),
    }),
    fc.record({
      afterMs: fc.constant(0),
      feedback: fc.record(
        {
          session: fc.constantFrom('s1', 's2'),
          user: fc.constantFrom('s1', 'u1'),
          item: fc.nat(3),
          type: fc.constantFrom('click', 'purchase'),
          notes: fc.constantFrom(0, noteBits.positive, noteBits.read),
          request: name,
        },
        { requiredKeys: ['item', 'type'] },
      ),
    }),
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

/** Requests, feedback in time and late, names used twice, and pauses. */
export const joinSteps = fc.array(
  fc.oneof(fc.record({ afterMs, slate }), fc.record({ afterMs, feedback })),
  { minLength: 1, maxLength: 60, size: 'max' },
);
