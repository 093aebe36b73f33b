import { expect, test } from 'vitest';
import { causeChain } from '../../src/telemetry/cause-chain.ts';

test('causes are told from the outside in, one line each', () => {
  const root = new RangeError('file ends early');
  const error = new Error('no model', { cause: new TypeError('no vectors', { cause: root }) });
  expect(causeChain(error)).toEqual([
    'Error: no model',
    'TypeError: no vectors',
    'RangeError: file ends early',
  ]);
});

test('nothing and no error are told as what they are', () => {
  expect(causeChain(undefined)).toEqual([]);
  expect(causeChain(null)).toEqual([]);
  expect(causeChain('late')).toEqual(['thrown: late']);
});

test('long messages and long chains are cut', () => {
  const circle = new Error('x'.repeat(500));
  circle.cause = circle;
  const chain = causeChain(circle);
  expect(chain).toHaveLength(5);
  expect(chain[0]).toHaveLength('Error: '.length + 200);
});

test('an error that cannot be read does no harm', () => {
  const error = new Error('a');
  Object.defineProperty(error, 'message', {
    get() {
      throw new Error('no');
    },
  });
  expect(causeChain(error)).toEqual(['unreadable error']);
});
