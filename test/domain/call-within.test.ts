import { expect, test } from 'vitest';
import { callWithin } from '../../src/domain/call-within.ts';
import { plainError } from '../../src/domain/plain-error.ts';

const loop = () => {
  for (;;);
};

test('an endless loop is ended when its time is over', () => {
  expect(() => callWithin(20, loop)).toThrow(new Error('took more than 20 ms'));
});

test('a loop that swallows every error is ended all the same', () => {
  const stubborn = () => {
    for (;;) {
      try {
        loop();
      } catch {}
    }
  };
  expect(() => callWithin(20, stubborn)).toThrow('took more than 20 ms');
});

test('a call within a call keeps the limits of both apart', () => {
  const done: string[] = [];
  callWithin(5000, () => {
    expect(() => callWithin(20, loop)).toThrow('took more than 20 ms');
    done.push('outer');
  });
  expect(done).toEqual(['outer']);
});

test.each<[string, unknown, string]>([
  ['an error', new TypeError('no price'), 'no price'],
  ['a text', 'no price', 'no price'],
  ['nothing', undefined, 'threw something without a message'],
  ['a number', 42, 'threw something without a message'],
  ['an error that cannot be sent', new Error('no price', { cause: () => {} }), 'no price'],
  ['too long a text', 'x'.repeat(5000), 'x'.repeat(1000)],
])('%s that is thrown becomes an error that any thread can be sent', (_, thrown, message) => {
  const throwing = () => {
    throw thrown;
  };
  expect(() => callWithin(1000, throwing)).toThrow(new Error(message));
  expect(structuredClone(plainError(thrown)).message).toBe(message);
});
