import { expect, test } from 'vitest';
import type { SessionKnnOptions } from '../../src/models/kept-sessions.ts';
import { sessionKnn } from '../../src/models/session-knn.ts';
import { learn, queryAfter, retrieved, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

const table = tableOf('abcdxy');
const rules = {
  match: 'click' as const,
  sharpness: 1,
  positionDecay: 0.5,
  window: 4,
  ahead: 2,
  aheadDecay: 0.5,
};

test('past occurrences of the last click vote for what came after them', () => {
  const model = learn(sessionKnn, sessionsOf('abc', 'ac'), table, rules);
  expect(scored(model, queryAfter(table, 'a'), table)).toMatchObject({ a: 0, b: 1, c: 1.5, d: 0 });
  expect(retrieved(model, queryAfter(table, 'a'), { table })).toEqual([
    ['c', 1.5],
    ['b', 1],
  ]);
});

test('a past session with the same click before votes e times as much', () => {
  const model = learn(sessionKnn, sessionsOf('xab', 'yac'), table, { ...rules, neighbours: 2 });
  const { b, c } = scored(model, queryAfter(table, 'xa'), table);
  expect(b).toBeCloseTo(Math.E, 5);
  expect(c).toBe(1);
});

test('a common click counts less the further back it is in either session', () => {
  const model = learn(sessionKnn, sessionsOf('xyab'), table, { ...rules, neighbours: 1 });
  // x is two clicks before a in the past session and one click before it in the query: 0.5 * 1.
  expect(scored(model, queryAfter(table, 'xa'), table).b).toBeCloseTo(Math.exp(0.5), 5);
  // y is one before in the past session and one in the query, x two and two: 1 + 0.25.
  expect(scored(model, queryAfter(table, 'xya'), table).b).toBeCloseTo(Math.exp(1.25), 5);
});

test('only the most recent occurrences vote', () => {
  const model = learn(sessionKnn, sessionsOf('ab', 'ac', 'ad'), table, { ...rules, neighbours: 2 });
  expect(scored(model, queryAfter(table, 'a'), table)).toMatchObject({ b: 0, c: 1, d: 1 });
});

test('where the last click is rare those before it join in, far behind', () => {
  const model = learn(sessionKnn, sessionsOf('ab', 'cd'), table, rules);
  const { b, d } = scored(model, queryAfter(table, 'ac'), table);
  expect(d).toBe(1);
  expect(b).toBeCloseTo(0.05, 6);
});

test('keeps the most recent sessions', () => {
  const model = learn(sessionKnn, sessionsOf('ab', 'ac', 'x'), table, { ...rules, sessions: 1 });
  expect(scored(model, queryAfter(table, 'a'), table)).toMatchObject({ b: 0, c: 1 });
});

test('where clicks are sparse, past sessions with any of the clicks vote for all their items', () => {
  const sparse = { match: 'session' as const, rarity: 0, oldestWeight: 1, distanceDecay: 0.5 };
  const model = learn(sessionKnn, sessionsOf('bac', 'xyd'), table, { ...sparse, matchDecay: 0.5 });
  const of = (clicks: string) => scored(model, queryAfter(table, clicks), table);
  const { a, b, c, d } = of('a');
  expect(a).toBeGreaterThan(0);
  expect(b / a).toBeCloseTo(0.5, 6);
  expect(c / a).toBeCloseTo(0.5, 6);
  expect(d).toBe(0);
  // The session of a click further back has half the votes; both sessions are as long and items as rare.
  const both = of('ax');
  expect(both.a / both.x).toBeCloseTo(0.5, 6);
  expect(both.y / both.x).toBeCloseTo(0.5, 6);
});

test('without a choice, many clicks an item are told apart by the last click, few by the session', () => {
  const sessions = sessionsOf('abc', 'abd', 'ab');
  const ask = (more: Partial<SessionKnnOptions>) =>
    scored(learn(sessionKnn, sessions, table, more), queryAfter(table, 'ab'), table);
  expect(ask({ neighbours: 3 })).toEqual(ask({ neighbours: 3, match: 'click' }));
  expect(ask({ neighbours: 4 })).toEqual(ask({ neighbours: 4, match: 'session' }));
  expect(ask({ neighbours: 4 })).not.toEqual(ask({ neighbours: 4, match: 'click' }));
});

test('similar asks the same of the anchor alone', () => {
  const model = learn(sessionKnn, sessionsOf('xab', 'yac'), table, rules);
  const asked = queryAfter(table, 'xa', { purpose: 'similar' });
  expect(scored(model, asked, table)).toEqual(scored(model, queryAfter(table, 'a'), table));
});

test('decays of nothing leave nobody with half a vote', () => {
  const none = { ...rules, positionDecay: 0, aheadDecay: 0 };
  const model = learn(sessionKnn, sessionsOf('abc', 'abc', 'acb'), table, none);
  expect(scored(model, queryAfter(table, 'a'), table)).toMatchObject({ b: 2, c: 1 });
  expect(retrieved(model, queryAfter(table, 'a'), { table }).length).toBe(2);
});

test('votes are kept for a request and never beyond it', () => {
  const model = learn(sessionKnn, sessionsOf('ab', 'cd'), table, rules);
  const ask = (clicks: string, serial?: number) =>
    scored(model, queryAfter(table, clicks, { serial }), table);
  const [a, c] = [ask('a'), ask('c')];
  expect(ask('a', 1)).toEqual(a);
  expect(ask('a', 1)).toEqual(a);
  expect(ask('c', 2)).toEqual(c);
  expect(ask('a')).toEqual(a);
  expect(ask('c')).toEqual(c);
});

test('sessions with a new item are remembered behind the others, as if they had been there at training', () => {
  const options = sessionKnn.parseOptions(rules);
  const trained = sessionKnn.fit(sessionsOf('ab', 'cd'), options, () => {});
  // y does not occur, and a is known.
  const recent = sessionsOf('ax', 'ac', 'xyd', 'x');
  const { payload, learnt } = sessionKnn.foldIn!(trained, ['x', 'a', 'z'], recent);
  expect(learnt).toEqual(['x']);
  const stamp = { kind: 'session-knn', version: 'v', trainedAtMs: 0 };
  const folded = sessionKnn.load(payload, stamp, table);
  const whole = learn(sessionKnn, sessionsOf('ab', 'cd', 'ax', 'xd'), table, rules);
  for (const clicks of ['a', 'x', 'cx', 'c'])
    expect(scored(folded, queryAfter(table, clicks), table)).toEqual(
      scored(whole, queryAfter(table, clicks), table),
    );
  expect(scored(folded, queryAfter(table, 'a'), table).x).toBeGreaterThan(0);
});

test('without a session that tells of a new item the payload stays as it is', () => {
  const trained = sessionKnn.fit(sessionsOf('ab'), sessionKnn.parseOptions(rules), () => {});
  for (const recent of [sessionsOf('ab'), sessionsOf('x'), sessionsOf('xx')])
    expect(sessionKnn.foldIn!(trained, ['x'], recent)).toEqual({ payload: trained, learnt: [] });
});
