import { expect, test } from 'vitest';
import { type Feedback, feedbackKey } from '../../src/domain/feedback.ts';
import { type FeedbackRules, receiveFeedback } from '../../src/pipeline/feedback-door.ts';
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
    emit: (name: FactName, fact: unknown) => void facts.push([name, fact]),
    now: () => clock.now(),
    onFresh: (event: Feedback, item: number) => void fresh.push([event.item, item]),
  };
  const event = (changes: Partial<Feedback> = {}): Feedback => {
    const given = { type: 'click', item: 'I3', session: 's', atMs: clock.now(), ...changes };
    return { ...given, key: changes.key ?? feedbackKey(given) };
  };
  return {
    receive: (batch: readonly Feedback[]) => receiveFeedback(door, batch),
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
