import { expect, test } from 'vitest';
import { evaluateNextClick, type ScoreItems } from '../../../src/training/evaluation/next-click.ts';
import { addItem, sessionsOf, tableOf } from '../../models/tiny-sessions.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
/** The first letters are best. */
const alphabetical: ScoreItems = (_query, items, count, scores) => {
  for (let i = 0; i < count; i++) scores[i] = 100 - items[i];
};

test('every click but the first of a session is a target, ranked among all items', () => {
  const quality = evaluateNextClick(alphabetical, sessionsOf('zab', 'q', 'zu'), tableOf(letters));
  // a is first, b second, u is at rank 21.
  expect(quality).toEqual({
    targets: 3,
    hr20: 2 / 3,
    mrr20: (1 + 1 / 2) / 3,
    repeats: 0,
    repeatHr20: 0,
    ranks: Float64Array.of(1, 2, 21),
  });
});

test('equal scores rank by index', () => {
  const equal: ScoreItems = (_query, _items, count, scores) => void scores.fill(1, 0, count);
  expect(evaluateNextClick(equal, sessionsOf('za', 'zc'), tableOf(letters)).mrr20).toBe(
    (1 + 1 / 3) / 2,
  );
});

test('items clicked before are not masked, and are told apart', () => {
  const quality = evaluateNextClick(alphabetical, sessionsOf('abaz'), tableOf(letters));
  expect(quality).toMatchObject({ targets: 3, repeats: 1, repeatHr20: 1 });
});

test('what is asked is the session so far, at the time of the click', () => {
  const asked: { anchor: number; recent: number[]; nowMs: number }[] = [];
  const listen: ScoreItems = ({ anchor, recent, nowMs }) =>
    void asked.push({ anchor, recent: [...recent], nowMs });
  evaluateNextClick(listen, sessionsOf('abc'), tableOf('abc'));
  expect(asked).toEqual([
    { anchor: 0, recent: [0], nowMs: 60_000 },
    { anchor: 1, recent: [0, 1], nowMs: 120_000 },
  ]);
});

test('a target that is unknown, hidden or scored with no number is missed', () => {
  const table = tableOf('ab');
  table.remove('b');
  expect(evaluateNextClick(alphabetical, sessionsOf('aby'), table)).toMatchObject({
    targets: 2,
    hr20: 0,
  });
  addItem(table, 'b');
  const noNumber: ScoreItems = (_q, _i, count, scores) => void scores.fill(Number.NaN, 0, count);
  expect(evaluateNextClick(noNumber, sessionsOf('ab'), table).hr20).toBe(0);
});

test('without targets everything is zero', () => {
  expect(evaluateNextClick(alphabetical, sessionsOf('a'), tableOf('a'))).toEqual({
    targets: 0,
    hr20: 0,
    mrr20: 0,
    repeats: 0,
    repeatHr20: 0,
    ranks: new Float64Array(0),
  });
});
