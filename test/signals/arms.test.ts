import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupCount } from '../../src/signals/arms/arm-groups.ts';
import { ArmKeys } from '../../src/signals/arms/arm-keys.ts';
import { type ArmsOptions, arms, keysSince } from '../../src/signals/arms.ts';
import { hashId } from '../../src/telemetry/event-codes.ts';
import { createJoin } from './joined.ts';
import { createSlowJoin, joinSteps, slowOutcome } from './slow-join.ts';

const bounds = { joinSeconds: 60, maxRequests: 5, maxPlaces: 13 };
const create = (options: ArmsOptions = {}) =>
  createJoin(
    { joinSeconds: 60 },
    { kind: arms, options: { windowSeconds: 600, panes: 6, ...options } },
  );

function showTo(
  join: ReturnType<typeof create>,
  variant: string,
  sessions: readonly string[],
  nowMs = 0,
) {
  for (const session of sessions) {
    join.show(
      { request: `${variant} ${session} ${nowMs}`, items: [1, 2], variant, session },
      nowMs,
    );
  }
}

test('requests and keys are counted as they are served, outcomes when the join is over', () => {
  const join = create();
  showTo(join, 'home/control', ['s1', 's2']);
  showTo(join, 'home/control', ['s1'], 1);
  showTo(join, 'home/treatment', ['s3'], 1);
  join.tell({ request: 'home/control s2 0', item: 1, type: 'click' }, 0);
  join.tell({ request: 'home/treatment s3 1', item: 1, type: 'purchase' }, 1);
  const control = { experiment: 'home', variant: 'control', requests: 3, offered: 4 };
  const treatment = { experiment: 'home', variant: 'treatment', requests: 1, offered: 4 };
  expect(join.report(1)).toMatchObject({
    arms: [
      { ...control, allocation: 0.75, keysSince: [2], table: [0, 0, 0, 0], judgedTotal: 0 },
      { ...treatment, allocation: 0.25, keysSince: [1], table: [0, 0, 0, 0], judgedTotal: 0 },
    ],
    paneStartsMs: [0],
  });
  expect(join.report(60_001).arms).toMatchObject([
    { ...control, table: [2, 0, 1, 0], requestsTotal: 3, judgedTotal: 3 },
    { ...treatment, table: [0, 1, 0, 0], requestsTotal: 1, judgedTotal: 1 },
  ]);
});

test('a request that is clicked and converted is neither of both alone', () => {
  const join = create();
  showTo(join, 'home/control', ['s1']);
  join.tell({ request: 'home/control s1 0', item: 1, type: 'click' }, 0);
  join.tell({ request: 'home/control s1 0', item: 2, type: 'cart' }, 0);
  expect(join.report(60_000).arms[0].table).toEqual([0, 0, 0, 1]);
});

test('outcomes are kept since the start in groups of the keys that chose the arm', () => {
  const join = create();
  showTo(join, 'home/control', ['s1', 's2'], 0);
  showTo(join, 'home/control', ['s1'], 1);
  join.tell({ request: 'home/control s1 0', item: 1, type: 'click' }, 1);
  join.tell({ request: 'home/control s1 1', item: 1, type: 'purchase' }, 1);
  expect(new Set(join.report(1).arms[0].sums)).toEqual(new Set([0]));
  const groupOf = (session: string) => (hashId(session) & 0xffff) % groupCount;
  const kept = () => {
    const { sums } = join.report(9_000_000).arms[0];
    const of = (session: string) =>
      [0, 1, 2].map((block) => sums[block * groupCount + groupOf(session)]);
    return { s1: of('s1'), s2: of('s2'), all: sums.reduce((sum, count) => sum + count, 0) };
  };
  expect(kept()).toEqual({ s1: [2, 1, 1], s2: [1, 0, 0], all: 5 });
});

test('experiments have their own shares, which are told while anything is served', () => {
  const join = create();
  showTo(join, 'home/control', ['s1', 's2', 's3']);
  showTo(join, 'home/treatment', ['s4']);
  showTo(join, 'similar/control', ['s1']);
  join.show({ request: 'none', items: [1] }, 0);
  const told = (nowMs: number) => {
    const facts: unknown[] = [];
    const emit = (...fact: unknown[]) => facts.push(fact);
    arms.tell(join.report(nowMs), emit);
    return facts;
  };
  expect(told(0)).toEqual([
    ['allocation.measured', { experiment: 'home', variant: 'control', ratio: 0.75 }],
    ['allocation.measured', { experiment: 'home', variant: 'treatment', ratio: 0.25 }],
    ['allocation.measured', { experiment: 'similar', variant: 'control', ratio: 1 }],
  ]);
  expect(told(600_000)).toEqual([]);
});

test('readings say how much they are made of', () => {
  const join = create();
  showTo(join, 'home/control', ['s1', 's2']);
  join.tell({ request: 'home/control s2 0', item: 1, type: 'click' }, 0);
  const read = (nowMs: number) =>
    join.report(nowMs).readings.map(({ measure, value, samples }) => [measure, value, samples]);
  expect(read(0)).toEqual([
    ['allocation_ratio', 1, 2],
    ['click_ratio', null, 0],
    ['conversion_ratio', null, 0],
  ]);
  expect(read(60_000)).toEqual([
    ['allocation_ratio', 1, 2],
    ['click_ratio', 0.5, 2],
    ['conversion_ratio', 0, 2],
  ]);
  expect(join.report(60_000).readings[0]).toMatchObject({
    labels: { experiment: 'home', variant: 'control' },
    windowSeconds: 600,
  });
});

test('what is older than the window leaves, and totals stay', () => {
  const join = create();
  showTo(join, 'home/control', ['s1', 's2'], 50_000);
  showTo(join, 'home/control', ['s2'], 150_000);
  expect(join.report(599_999).arms[0]).toMatchObject({ requests: 3, table: [3, 0, 0, 0] });
  expect(join.report(600_000).arms[0]).toMatchObject({ requests: 1, table: [3, 0, 0, 0] });
  expect(join.report(700_000).arms[0]).toMatchObject({ requests: 0, table: [1, 0, 0, 0] });
  expect(join.report(9_000_000).arms[0]).toMatchObject({
    requests: 0,
    allocation: null,
    table: [0, 0, 0, 0],
    requestsTotal: 3,
    judgedTotal: 3,
  });
});

test('keys are counted once since any pane began, in the arm they have there', () => {
  const join = create();
  showTo(join, 'home/control', ['s1', 's2', 's3'], 50_000);
  showTo(join, 'home/control', ['s1'], 150_000);
  showTo(join, 'home/treatment', ['s2', 's3', 's4'], 150_000);
  showTo(join, 'home/treatment', ['s4'], 250_000);
  const report = join.report(250_000);
  expect(report.paneStartsMs).toEqual([200_000, 100_000, 50_000]);
  expect(report.arms.map((arm) => arm.keysSince)).toEqual([
    [0, 1, 3],
    [1, 3, 3],
  ]);
  const [control, treatment] = report.arms;
  const since = (ms: number) => [control, treatment].map((arm) => keysSince(report, arm, ms));
  expect([since(0), since(50_000), since(50_001), since(150_000), since(200_001)]).toEqual([
    [3, 3],
    [3, 3],
    [1, 3],
    [0, 1],
    [0, 0],
  ]);
});

test('requests without session or user are requests but no keys', () => {
  const join = create();
  join.show({ request: 'a', items: [1], variant: 'home/control' }, 0);
  expect(join.report(0).arms[0]).toMatchObject({ requests: 1, keysSince: [0] });
});

test('slates without a request are not counted', () => {
  const join = create();
  showTo(join, 'home/control', ['s1']);
  join.send([{ kind: 0, item: 1, position: 0, detail: 3, session: 5 }], 0);
  expect(join.report(0).arms).toMatchObject([{ requests: 1, keysSince: [1] }]);
});

test('a slate that comes in two runs of events is one request', () => {
  const join = create();
  const exposure = { kind: 0, request: 7, detail: 0, session: 5 };
  showTo(join, 'home/control', ['s1']);
  const { arms: before } = join.report(0);
  expect(before).toHaveLength(1);
  // The code of the first variant is the third name that the helper gives.
  const detail = 3;
  join.send([{ ...exposure, detail, item: 1, position: 0 }], 0);
  join.send([{ ...exposure, detail, item: 2, position: 1 }], 0);
  join.send([{ ...exposure, detail, item: 1, position: 0 }], 0);
  expect(join.report(0).arms[0].requests).toBe(3);
});

test('arms beyond the bound are not counted', () => {
  const join = create({ maxArms: 1 });
  showTo(join, 'home/control', ['s1']);
  showTo(join, 'home/treatment', ['s2']);
  expect(join.report(60_000).arms).toMatchObject([{ variant: 'control', requests: 1, offered: 1 }]);
});

test('many keys are sampled alike in both arms', () => {
  const keys = new ArmKeys({ arms: 2, panes: 2, maxKeys: 1000 });
  // The arms come one after the other, as when a share changes.
  const seeAll = (pane: number) => {
    for (let n = 0; n < 40_000; n++) keys.see(hashId(`session ${n}`), n < 30_000 ? 0 : 1, pane);
  };
  seeAll(0);
  const [control, treatment] = [keys.count(0, 0), keys.count(1, 0)];
  expect(control + treatment).toBeGreaterThan(450);
  expect(control + treatment).toBeLessThanOrEqual(1000);
  // Three standard deviations of a share of a quarter of 500 keys.
  expect(Math.abs(treatment / (control + treatment) - 0.25)).toBeLessThan(0.06);
  // The same keys again are no other keys.
  seeAll(1);
  expect([keys.count(0, 0), keys.count(1, 0)]).toEqual([0, 0]);
  expect([keys.count(0, 1), keys.count(1, 1)]).toEqual([control, treatment]);
});

test('a sample grows again when there is room', () => {
  const keys = new ArmKeys({ arms: 1, panes: 2, maxKeys: 64 });
  for (let n = 0; n < 10_000; n++) keys.see(hashId(`early ${n}`), 0, 0);
  expect(keys.count(0, 0)).toBeLessThanOrEqual(64);
  for (let times = 0; times < 10; times++) keys.forget(0);
  for (let n = 0; n < 60; n++) keys.see(hashId(`late ${n}`), 0, 1);
  expect([keys.count(0, 0), keys.count(0, 1)]).toEqual([0, 60]);
});

test('whatever comes when, the counts are those of plain lists', () => {
  const names = ['home/control', 'home/treatment'];
  fc.assert(
    fc.property(joinSteps, (steps) => {
      const join = createJoin(bounds, { kind: arms, options: { windowSeconds: 600, panes: 6 } });
      const slow = createSlowJoin(bounds);
      let nowMs = 30_000;
      join.report(nowMs);
      for (const step of steps) {
        nowMs += step.afterMs;
        slow.take(step, nowMs);
        if ('slate' in step) join.show(step.slate, nowMs);
        else join.tell(step.feedback, nowMs);
      }
      const report = join.report(nowMs);
      const paneOf = (ms: number) => Math.floor(ms / 100_000);
      const inWindow = (ms: number) => paneOf(ms) > paneOf(nowMs) - 6;
      expect(report.paneStartsMs).toEqual(
        Array.from({ length: Math.min(6, paneOf(nowMs) + 1) }, (_, age) =>
          Math.max(30_000, (paneOf(nowMs) - age) * 100_000),
        ),
      );
      for (const name of names) {
        const shown = slow.all.filter(
          ({ slate }) => slate.variant === name && slate.items.length > 0,
        );
        const left = slow.left.filter((request) => shown.includes(request));
        const recent = left.filter(({ leftAtMs = 0 }) => inWindow(leftAtMs));
        const since = report.paneStartsMs.map(
          (startMs) =>
            new Set(
              shown.flatMap(({ slate: { session, user }, atMs }) =>
                atMs >= startMs ? [session ?? user ?? 'nobody'] : [],
              ),
            ).difference(new Set(['nobody'])).size,
        );
        const found = report.arms.find(({ variant }) => name === `home/${variant}`);
        if (shown.length === 0) expect(found).toBeUndefined();
        else
          expect(found).toMatchObject({
            requests: shown.filter(({ atMs }) => inWindow(atMs)).length,
            requestsTotal: shown.length,
            judgedTotal: left.length,
            keysSince: since,
            table: [0, 2, 1, 3].map(
              (outcome) =>
                recent.filter((request) => (slowOutcome(request) & 3) === outcome).length,
            ),
          });
      }
    }),
    { numRuns: 60 },
  );
});
