import { expect, test } from 'vitest';
import { describeError } from '../../src/cli/describe-error.ts';
import { SightlineError } from '../../src/domain/errors.ts';

test('an error says its code, its message and what to do, without a stack', () => {
  const error = new SightlineError('SL_PORT_TAKEN', 'port 8080 of 127.0.0.1 is taken');
  expect(describeError(error, { debug: false })).toBe(
    'error SL_PORT_TAKEN: port 8080 of 127.0.0.1 is taken\n' +
      '  choose another port, or stop what listens there\n',
  );
});

test('every mistake has a line of its own and stands there once', () => {
  const error = new SightlineError(
    'SL_CONFIG_INVALID',
    'configuration has 2 mistakes: a: x; b: y',
    {
      mistakes: [
        { path: 'a', message: 'x' },
        { path: 'b', message: 'y' },
      ],
    },
  );
  expect(describeError(error, { debug: false }).split('\n')).toEqual([
    'error SL_CONFIG_INVALID: configuration has 2 mistakes',
    '  - a: x',
    '  - b: y',
    '  correct every listed path in the configuration',
    '',
  ]);
});

test('the chain of causes is told', () => {
  const cause = new Error('write failed', { cause: new Error('no space left') });
  const error = new SightlineError('SL_STORE_FULL', 'feedback was not kept', { cause });
  expect(describeError(error, { debug: false })).toContain(
    '  because: write failed\n  because: no space left\n',
  );
});

test('a chain that leads back to itself ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(describeError(error, { debug: false }).split('\n').length).toBeLessThan(15);
});

test('an unknown error is told as a mistake in the program, with a stack only for debugging', () => {
  expect(describeError(new TypeError('x is undefined'), { debug: false })).not.toContain(' at ');
  expect(describeError(new TypeError('x is undefined'), { debug: true })).toContain(' at ');
  expect(describeError('text', { debug: true })).toMatch(/^error SL_INTERNAL: text\n/);
});
