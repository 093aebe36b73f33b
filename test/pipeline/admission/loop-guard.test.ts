import { expect, test } from 'vitest';
import { openLoopStand } from './loop-stand.ts';

test('a delay that stays beyond the bound is overload', () => {
  const { guard, delay } = openLoopStand();
  delay(51, 80);
  expect(guard.isBehind).toBe(false);
  delay(51, 20);
  expect(guard.isBehind).toBe(true);
  expect(guard.delayMs).toBe(51);
});

test('a single stall is none, however long', () => {
  const { guard, clock, delay } = openLoopStand();
  guard.observe(5000);
  clock.advance(5000);
  delay(0, 200);
  expect(guard.isBehind).toBe(false);
});

test('a delay that comes down in between begins anew', () => {
  const { guard, delay } = openLoopStand();
  for (let time = 0; time < 10; time++) {
    delay(80, 60);
    delay(50, 0);
  }
  expect(guard.isBehind).toBe(false);
});

test('overload ends when the delay stays under half of the bound', () => {
  const { guard, delay } = openLoopStand();
  delay(80, 100);
  delay(30, 500);
  expect(guard.isBehind).toBe(true);
  delay(20, 80);
  expect(guard.isBehind).toBe(true);
  delay(20, 20);
  expect(guard.isBehind).toBe(false);
});

test('overload does not end within a second of a turn that took too long', () => {
  const { guard, clock, delay, endTurn } = openLoopStand();
  delay(80, 100);
  for (let time = 0; time < 3; time++) {
    guard.turnMs();
    clock.advance(13);
    guard.turnMs();
    endTurn();
    delay(0, 980);
  }
  expect(guard.isBehind).toBe(true);
  delay(0, 140);
  expect(guard.isBehind).toBe(false);
});

test('a turn is measured from its first request, and only under overload', () => {
  const { guard, clock, delay, endTurn } = openLoopStand();
  expect(guard.turnMs()).toBe(0);
  clock.advance(70);
  expect(guard.turnMs()).toBe(0);
  delay(80, 100);
  expect(guard.turnMs()).toBe(0);
  clock.advance(70);
  expect(guard.turnMs()).toBe(70);
  endTurn();
  expect(guard.turnMs()).toBe(0);
});
