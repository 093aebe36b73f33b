import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFeedbackNotes } from '../../src/signals/requests/feedback-notes.ts';
import { type ServedOptions, served } from '../../src/signals/served.ts';
import { noteBits } from '../../src/telemetry/ring-event.ts';
import { createJoin } from './joined.ts';
import { createSlowJoin, joinSteps, slowOutcome, slowOutcomes } from './slow-join.ts';

const bounds = { joinSeconds: 60, maxRequests: 5, maxPlaces: 13 };
const create = (options: ServedOptions = {}) =>
  createJoin(
    { joinSeconds: 60 },
    { kind: served, options: { windowSeconds: 600, panes: 6, ...options } },
  );
type Join = ReturnType<typeof create>;

const readOf = (join: Join, nowMs: number, labels: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    join
      .report(nowMs)
      .readings.filter((one) => Object.entries(labels).every(([k, v]) => one.labels[k] === v))
      .map(({ measure, value, samples }) => [measure, [value, samples]]),
  );

const factsOf = (join: Join, nowMs: number) => {
  const facts: (readonly [string, unknown])[] = [];
  served.tell(join.report(nowMs), (name, fact) => facts.push([name, fact]));
  return facts;
};

/** Rules as of Gorse: what is positive and what is read. */
const gorse = (positive: readonly string[], read: readonly string[]) =>
  createFeedbackNotes({ clickTypes: [], conversionTypes: [] }, { positive, read });

const recommend = (join: Join, user: string, items: readonly number[]) =>
  join.show({ request: `of ${user}`, items, user }, 0);

test('two of four read items that are starred or liked are a positive ratio of a half, though no read is a star', () => {
  const notesOf = gorse(['star', 'like'], ['read']);
  const join = create();
  recommend(join, 'u1', [1, 2, 3, 4, 5]);
  const tell = (item: number, type: string) =>
    join.tell({ user: 'u1', item, type, notes: notesOf({ type }) }, 1);
  for (const item of [1, 2, 3, 4]) tell(item, 'read');
  tell(1, 'star');
  tell(2, 'like');
  expect(readOf(join, 60_000, { strategy: 'blend' })).toMatchObject({
    positive_ratio: [0.5, 4],
    owner_positive_ratio: [0.5, 1],
  });
});

test('two of four ratings that are high are a positive ratio of a half, though every high rating is read', () => {
  const notesOf = gorse(['rating>=4'], ['rating']);
  const join = create();
  recommend(join, 'u1', [1, 2, 3, 4, 5]);
  for (const [item, value] of [1, 5, 2, 4].entries()) {
    const notes = notesOf({ type: 'rating', value });
    join.tell({ user: 'u1', item: item + 1, type: 'rating', notes }, 1);
  }
  expect(readOf(join, 60_000, { strategy: 'blend' }).positive_ratio).toEqual([0.5, 4]);
});

test('a positive that nobody read was seen too', () => {
  const join = create();
  recommend(join, 'u1', [1, 2]);
  join.tell({ user: 'u1', item: 1, type: 'star', notes: noteBits.positive }, 1);
  expect(readOf(join, 60_000, { strategy: 'blend' }).positive_ratio).toEqual([1, 1]);
});

test('the mean over owners weighs each alike, and the ratio each item', () => {
  const join = create();
  const all = noteBits.positive | noteBits.read;
  recommend(join, 'busy', [1, 2, 3, 4]);
  recommend(join, 'calm', [1]);
  recommend(join, 'idle', [1]);
  for (const item of [1, 2, 3, 4])
    join.tell({ user: 'busy', item, type: 'read', notes: noteBits.read }, 1);
  join.tell({ user: 'calm', item: 1, type: 'star', notes: all }, 1);
  expect(readOf(join, 60_000, { strategy: 'blend' })).toMatchObject({
    positive_ratio: [0.2, 5],
    owner_positive_ratio: [0.5, 2],
  });
});

test('feedback that comes again and again counts once, and in the newest answer', () => {
  const join = create();
  join.show({ request: 'a', items: [1, 2], user: 'u1' }, 0);
  join.show({ request: 'b', items: [1, 2], user: 'u1' }, 1);
  for (let times = 0; times < 3; times++)
    join.tell({ user: 'u1', item: 1, type: 'click', notes: noteBits.positive }, 2);
  expect(join.report(60_001).groups).toMatchObject([
    { sums: { requests: 2, clickedRequests: 1, clickedExposures: 1, positive: 1, passed: 3 } },
  ]);
});

test('nothing is judged while its feedback may still come', () => {
  const join = create();
  recommend(join, 'u1', [1, 2]);
  expect([factsOf(join, 59_999), join.report(59_999).readings]).toEqual([[], []]);
  join.tell({ user: 'u1', item: 1, type: 'click', notes: noteBits.read }, 59_999);
  const name = { strategy: 'blend', catalog: 'shoes' };
  expect(factsOf(join, 60_000)).toEqual([
    ['exposures.judged', { ...name, outcome: 'read', exposures: 1 }],
    ['exposures.judged', { ...name, outcome: 'passed', exposures: 1 }],
    ['served.measured', { ...name, clickRatio: 1, positiveRatio: 0 }],
  ]);
  expect(factsOf(join, 60_001)).toEqual([
    ['served.measured', { ...name, clickRatio: 1, positiveRatio: 0 }],
  ]);
});

test('strategies, catalogues and arms are told apart', () => {
  const join = create();
  const show = (request: string, rest: object) => join.show({ request, items: [1], ...rest }, 0);
  show('a', { strategy: 'trend', variant: 'home/treatment' });
  show('b', { strategy: 'trend', catalog: 'bags', variant: 'home/control' });
  show('c', { variant: 'home/control' });
  show('d', {});
  join.tell({ request: 'a', item: 1, type: 'click', notes: noteBits.positive }, 1);
  join.tell({ request: 'c', item: 1, type: 'view', notes: noteBits.read }, 1);
  const ratios = factsOf(join, 60_000).filter(([name]) => name !== 'exposures.judged');
  const [trend, blend] = ['trend', 'blend'];
  const none = undefined;
  expect(ratios).toEqual([
    ['served.measured', { strategy: trend, catalog: 'shoes', clickRatio: 1, positiveRatio: 1 }],
    ['served.measured', { strategy: trend, catalog: 'bags', clickRatio: 0, positiveRatio: none }],
    ['served.measured', { strategy: blend, catalog: 'shoes', clickRatio: 0, positiveRatio: 0 }],
    ['arm.measured', { experiment: 'home', variant: 'treatment', clickRatio: 1, positiveRatio: 1 }],
    ['arm.measured', { experiment: 'home', variant: 'control', clickRatio: 0, positiveRatio: 0 }],
  ]);
});

test('what showed nothing is not judged', () => {
  const join = create();
  join.show({ request: 'a', items: [], user: 'u1' }, 0);
  expect(join.report(60_000).groups).toEqual([]);
});

test('what is older than the window leaves', () => {
  const join = create();
  recommend(join, 'u1', [1, 2]);
  join.tell({ user: 'u1', item: 1, type: 'click', notes: noteBits.read }, 0);
  const requests = (nowMs: number) => readOf(join, nowMs, { strategy: 'blend' }).click_ratio;
  expect([requests(60_000), requests(599_999), requests(660_000)]).toEqual([
    [1, 1],
    [1, 1],
    [null, 0],
  ]);
  expect(factsOf(join, 660_000)).toEqual([]);
});

test('pairs beyond the bound are one, and further arms and owners are left out', () => {
  const join = create({ maxGroups: 1, maxArms: 1, maxOwners: 1 });
  const show = (request: string, rest: object) =>
    join.show({ request, items: [1], user: request, ...rest }, 0);
  show('a', { variant: 'home/control' });
  show('b', { variant: 'home/treatment' });
  show('c', { strategy: 'trend' });
  show('d', { strategy: 'trend', catalog: 'bags' });
  for (const request of ['a', 'b'])
    join.tell({ request, item: 1, type: 'read', notes: noteBits.read }, 1);
  const { groups, arms } = join.report(60_000);
  expect(groups).toMatchObject([
    { strategy: '__other__', catalog: '__other__', sums: { requests: 2 } },
    { strategy: 'blend', catalog: 'shoes', sums: { requests: 2, read: 2, owners: 1 } },
  ]);
  expect(arms).toMatchObject([{ variant: 'control', sums: { requests: 1, owners: 1 } }]);
});

test('whatever comes when, the counts are those of plain lists', () => {
  fc.assert(
    fc.property(joinSteps, (steps) => {
      const join = createJoin(bounds, { kind: served, options: { windowSeconds: 600, panes: 6 } });
      const slow = createSlowJoin(bounds);
      let nowMs = 0;
      const judged: Record<string, number> = {};
      const look = () => {
        for (const { strategy, catalog, judged: fresh } of join.report(nowMs).groups)
          for (const [outcome, exposures] of Object.entries(fresh)) {
            const key = `${strategy} ${catalog} ${outcome}`;
            judged[key] = (judged[key] ?? 0) + exposures;
          }
      };
      for (const step of steps) {
        nowMs += step.afterMs;
        slow.take(step, nowMs);
        if ('slate' in step) join.show(step.slate, nowMs);
        else join.tell(step.feedback, nowMs);
        look();
      }
      nowMs += 60_000;
      slow.expire(nowMs);
      look();
      const { groups, arms } = join.report(nowMs);
      const left = slow.left.filter(({ places }) => places > 0);
      const expected = slowServed(left, nowMs);
      for (const { strategy, catalog, sums } of groups)
        expect(sums).toEqual(
          expected.of((slate) => slate.strategy === strategy && slate.catalog === catalog),
        );
      for (const { experiment, variant, sums } of arms)
        expect(sums).toEqual(expected.of((slate) => slate.variant === `${experiment}/${variant}`));
      expect(new Set(groups.map(({ strategy, catalog }) => `${strategy} ${catalog}`))).toEqual(
        new Set(left.map(({ slate }) => `${slate.strategy} ${slate.catalog}`)),
      );
      const total = Object.values(judged).reduce((sum, count) => sum + count, 0);
      expect(total).toBe(left.reduce((sum, { places }) => sum + places, 0));
    }),
    { numRuns: 100 },
  );
});

type Left = ReturnType<typeof createSlowJoin>['left'][number];

/** What the requests that left come to, in lists and maps. */
function slowServed(left: readonly Left[], nowMs: number) {
  const paneOf = (ms: number) => Math.floor(ms / 100_000);
  const recent = left.filter(({ leftAtMs = 0 }) => paneOf(leftAtMs) > paneOf(nowMs) - 6);
  const of = (isOwn: (slate: Left['slate']) => boolean) => {
    const own = recent.filter(({ slate }) => isOwn(slate));
    const exposures = own.flatMap(slowOutcomes);
    const best = exposures.map(bestOf);
    const count = (outcome: string) => best.filter((one) => one === outcome).length;
    const shares = [...ownersIn(own, paneOf).values()].map(
      (outcomes) => outcomes.filter((one) => one === 'positive').length / outcomes.length,
    );
    return {
      ...{ positive: count('positive'), read: count('read') },
      ...{ clicked: count('clicked'), passed: count('passed') },
      requests: own.length,
      clickedRequests: own.filter((request) => (slowOutcome(request) & 1) !== 0).length,
      clickedExposures: exposures.filter((bits) => (bits & 1) !== 0).length,
      owners: shares.length,
      ownerRatios: expect.closeTo(
        shares.reduce((sum, share) => sum + share, 0),
        9,
      ),
    };
  };
  return { of };
}

const bestOf = (bits: number) => {
  if ((bits & noteBits.positive) !== 0) return 'positive';
  if ((bits & noteBits.read) !== 0) return 'read';
  return (bits & 1) !== 0 ? 'clicked' : 'passed';
};

/** What each owner wanted or read in each pane. */
function ownersIn(own: readonly Left[], paneOf: (ms: number) => number) {
  const owners = new Map<string, string[]>();
  for (const request of own) {
    const { session, user } = request.slate;
    const owner = session ?? user;
    const seen = slowOutcomes(request)
      .map(bestOf)
      .filter((one) => one === 'positive' || one === 'read');
    if (owner === undefined || seen.length === 0) continue;
    const key = `${owner} ${paneOf(request.leftAtMs ?? 0)}`;
    owners.set(key, [...(owners.get(key) ?? []), ...seen]);
  }
  return owners;
}
