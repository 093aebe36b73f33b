import { expect, test } from 'vitest';
import { createHeldAnswers } from '../../src/http/held-answers.ts';

/** A place that holds answers for so long, over a clock that is moved by hand. */
function openPlace(holdMs: number) {
  let now = 0;
  const timers: { atMs: number; run: () => void }[] = [];
  const sent: number[] = [];
  const hold = createHeldAnswers({
    holdMs,
    monotonic: () => now,
    later: (run, ms) => void timers.push({ atMs: now + ms, run }),
  });
  return {
    sent,
    timers,
    hold: (answer: number) => hold(() => sent.push(answer)),
    advance(ms: number) {
      const end = now + ms;
      for (let next = timers.shift(); next !== undefined; next = timers.shift()) {
        if (next.atMs > end) {
          timers.unshift(next);
          break;
        }
        now = next.atMs;
        next.run();
      }
      now = end;
    },
  };
}

test('answers go out in their order, after their time and at most 10 ms later', () => {
  const { hold, advance, sent, timers } = openPlace(100);
  hold(1);
  advance(45);
  hold(2);
  hold(3);
  advance(54);
  expect(sent).toEqual([]);
  advance(1);
  expect(sent).toEqual([1]);
  advance(55);
  expect(sent).toEqual([1, 2, 3]);
  expect(timers).toEqual([]);
});

test('one timer serves all that wait, and a new one those that come later', () => {
  const { hold, advance, sent, timers } = openPlace(100);
  for (let answer = 0; answer < 50; answer++) hold(answer);
  expect(timers).toHaveLength(1);
  advance(100);
  expect(sent).toHaveLength(50);
  hold(50);
  advance(100);
  expect(sent.at(-1)).toBe(50);
});

test('without a time to wait answers go out at once', () => {
  const { hold, sent, timers } = openPlace(0);
  hold(1);
  expect(sent).toEqual([1]);
  expect(timers).toEqual([]);
});

test('no more than 4,096 wait; the next goes out at once', () => {
  const { hold, sent } = openPlace(100);
  for (let answer = 1; answer <= 4097; answer++) hold(answer);
  expect(sent).toEqual([4097]);
});

test('what is held while answers go out waits for its own time', () => {
  const { hold, advance, sent } = openPlace(20);
  hold(1);
  advance(20);
  hold(2);
  advance(10);
  hold(3);
  advance(10);
  expect(sent).toEqual([1, 2]);
  advance(10);
  expect(sent).toEqual([1, 2, 3]);
});
