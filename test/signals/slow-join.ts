import fc from 'fast-check';
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
  const joined = { matched: 0, late: 0, unmatched: 0 };
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
      types: new Set(),
      leftAtMs: undefined,
      renamed: false,
    };
    all.push(request);
    const places = () => all.slice(oldest).reduce((sum, one) => sum + one.places, 0);
    while (places() > maxPlaces) leave(all[oldest++], nowMs);
  };
  const tell = ({ request: name, item, type }: TestFeedback) => {
    const request = find(name);
    if (request === undefined) joined.unmatched += 1;
    else if (request.leftAtMs !== undefined) joined.late += 1;
    else {
      joined.matched += 1;
      request.types.add(type);
      const place = request.slate.items.slice(0, request.places).indexOf(item);
      if (place >= 0 && type === 'click') request.clicked.add(place);
      if (place >= 0 && conversions.includes(type)) request.converted.add(place);
    }
  };
  const take = (step: JoinStep, nowMs: number) => {
    expire(nowMs);
    if ('slate' in step) show(step.slate, nowMs);
    else tell(step.feedback);
  };
  return { all, left, joined, expire, find, take };
}

/** The bits of a request as a whole. */
export function slowOutcome({ types }: SlowRequest): number {
  const converted = conversions.some((type) => types.has(type));
  return (types.has('click') ? 1 : 0) + (converted ? 2 : 0);
}

/** The bits of each place. */
export function slowOutcomes({ places, clicked, converted }: SlowRequest): number[] {
  return Array.from(
    { length: places },
    (_, place) => (clicked.has(place) ? 1 : 0) + (converted.has(place) ? 2 : 0),
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
  })
  .map(({ places, variant, session, ...rest }): TestSlate => {
    const columns = {
      items: places.map(({ item }) => item),
      predicted: places.map(({ predicted }) => predicted),
    };
    const optional = {
      ...(variant !== undefined && { variant }),
      ...(session !== undefined && { session }),
    };
    return { ...rest, ...columns, ...optional };
  });
const feedback = fc.record({
  request: name,
  item: fc.nat(5),
  type: fc.constantFrom('click', 'click', 'cart', 'purchase', 'view'),
});

/** Requests, feedback in time and late, names used twice, and pauses. */
export const joinSteps = fc.array(
  fc.oneof(fc.record({ afterMs, slate }), fc.record({ afterMs, feedback })),
  { minLength: 1, maxLength: 60, size: 'max' },
);
