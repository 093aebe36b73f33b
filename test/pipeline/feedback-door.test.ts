import { expect, test } from 'vitest';
import { type Feedback, feedbackKey } from '../../src/domain/feedback.ts';
import { DueEvents } from '../../src/pipeline/due-events.ts';
import {
  type FeedbackRules,
  type FeedbackTimes,
  followDue,
  receiveFeedback,
  type UntoldEvent,
} from '../../src/pipeline/feedback-door.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { SessionTable } from '../../src/stores/session-table.ts';
import type { FactName } from '../../src/telemetry/facts.ts';
import { createShop, createTestClock } from './test-work.ts';

function openDoor(rules: Partial<FeedbackRules> = {}) {
  const clock = createTestClock();
  const facts: [FactName, unknown][] = [];
  const fresh: [string, number][] = [];
  const sessions = new SessionTable();
  const door = {
    store: createMemoryStore({ clock }),
    table: createShop(10),
    sessions,
    rules: { unknownItems: 'accept' as const, futureSeconds: 60, maxAgeDays: 1, ...rules },
    ...{ aheadMs: 5000, due: new DueEvents(), untold: new DueEvents<UntoldEvent>() },
    emit: (name: FactName, fact: unknown) => void facts.push([name, fact]),
    now: () => clock.now(),
    onFresh: (event: Feedback, item: number) => void fresh.push([event.item, item]),
  };
  const event = (changes: Partial<Feedback> = {}): Feedback => {
    const given = { type: 'click', item: 'I3', session: 's', atMs: clock.now(), ...changes };
    return { ...given, key: changes.key ?? feedbackKey(given) };
  };
  return {
    receive: (batch: readonly Feedback[], times?: FeedbackTimes) =>
      receiveFeedback(door, batch, times),
    followDue: () => followDue(door),
    event,
    facts,
    fresh,
    sessions,
    clock,
  };
}

test('an accepted event is followed by its session and told once', async () => {
  const { receive, event, sessions, fresh } = openDoor();
  expect(await receive([event()])).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  expect(sessions.get('s')?.items[0]).toBe(3);
  expect(fresh).toEqual([['I3', 3]]);
});

test('an event sent twice counts once, in one batch or in two', async () => {
  const { receive, event, sessions, facts } = openDoor();
  expect(await receive([event(), event()])).toMatchObject({ accepted: 1, duplicates: 1 });
  expect(await receive([event()])).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(sessions.get('s')?.count).toBe(1);
  expect(facts.filter(([name]) => name === 'feedback.duplicated')).toHaveLength(2);
});

test('events too old or from the future are refused one by one, with their place', async () => {
  const { receive, event, clock } = openDoor();
  const { accepted, rejected } = await receive([
    event({ atMs: clock.now() - 2 * 86_400_000 }),
    event(),
    event({ atMs: clock.now() + 61_000 }),
  ]);
  expect(accepted).toBe(1);
  expect(rejected.map(({ path }) => path)).toEqual(['events.0.timestamp', 'events.2.timestamp']);
});

test('an unknown item is accepted and counted, or refused, as the configuration says', async () => {
  const accepting = openDoor();
  expect(await accepting.receive([accepting.event({ item: 'nobody' })])).toMatchObject({
    accepted: 1,
  });
  expect(accepting.facts).toContainEqual(['feedback.unmatched', { events: 1 }]);
  const refusing = openDoor({ unknownItems: 'reject' });
  expect(await refusing.receive([refusing.event({ item: 'nobody' })])).toEqual({
    accepted: 0,
    duplicates: 0,
    rejected: [{ path: 'events.0.item', message: 'is not in the catalogue' }],
  });
});

test('events of a user outside of any session are remembered under the user', async () => {
  const { receive, event, sessions } = openDoor();
  await receive([event({ session: undefined, user: 'u1' })]);
  expect(sessions.get('user:u1')?.count).toBe(1);
});

test('of events of any time sessions see those that count already, and the others when they are due', async () => {
  const { receive, followDue, event, sessions, fresh, clock } = openDoor();
  const nowMs = clock.now();
  const items = () => [...(sessions.get('s')?.items.subarray(0, sessions.get('s')?.count) ?? [])];
  const batch = [
    event({ item: 'I1', atMs: nowMs + 5001 }),
    event({ item: 'I2', atMs: nowMs + 5000 }),
    event({ item: 'I4', atMs: 0 }),
  ];
  expect(await receive(batch, { anyTime: true })).toMatchObject({ accepted: 3 });
  expect(items()).toEqual([4, 2]);
  expect(followDue()).toEqual([]);
  clock.advance(1);
  expect(followDue()).toEqual([batch[0]]);
  expect(followDue()).toEqual([]);
  expect(items()).toEqual([4, 2, 1]);
  expect(fresh.map(([item]) => item)).toEqual(['I2', 'I4', 'I1']);
});

test('events of clocks that run fast are seen at once', async () => {
  const { receive, event, sessions, clock } = openDoor();
  await receive([event({ atMs: clock.now() + 59_000 })]);
  expect(sessions.get('s')?.count).toBe(1);
});

test('what tells of an answer that is on its way is in its session at once, and told a second later', async () => {
  const { receive, followDue, event, sessions, fresh, clock } = openDoor();
  await receive([event()], { anyTime: true, isOnItsWay: true });
  expect(sessions.get('s')?.count).toBe(1);
  clock.advance(999);
  followDue();
  expect(fresh).toEqual([]);
  clock.advance(1);
  for (let again = 0; again < 2; again++) followDue();
  expect(fresh).toEqual([['I3', 3]]);
});
