import { expect, test } from 'vitest';
import { createBreaker } from '../../src/webhooks/breaker.ts';

test('opens after failures in a row, lets one through after the rest, and closes on success', () => {
  const breaker = createBreaker({ failures: 2, openMs: 1000 });
  breaker.fail(0);
  expect(breaker.state(0)).toBe('closed');
  expect(breaker.succeed()).toBe(true);
  expect(breaker.succeed()).toBe(false);
  breaker.fail(10);
  breaker.fail(20);
  expect(breaker.opensUntil).toBe(1020);
  expect(breaker.state(1019)).toBe('open');
  expect(breaker.state(1020)).toBe('half-open');
  breaker.fail(1020);
  expect(breaker.state(2019)).toBe('open');
  expect(breaker.succeed()).toBe(true);
  expect(breaker.state(2019)).toBe('closed');
  expect(breaker.opensUntil).toBe(Number.NEGATIVE_INFINITY);
});
