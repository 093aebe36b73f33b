import { expect, test } from 'vitest';
import { decayFactor } from '../../../src/math/cosine.ts';
import { createLambdas } from '../../../src/signals/similarity/decay-lambda.ts';

test('a catalogue has its own lambda, a preset or a number, and the others that of the default', () => {
  const lambdaOf = createLambdas({ default: 'slow', catalogs: { news: 'instant', books: 0.001 } });
  expect(['news', 'books', 'toys'].map(lambdaOf)).toEqual([0.05, 0.001, 0.01]);
  expect(createLambdas()('toys')).toBe(0.02);
});

test('the presets leave after a day what is known of them', () => {
  const lambdaOf = createLambdas({ catalogs: { s: 'slow', i: 'instant' } });
  expect(decayFactor(lambdaOf('s'), 24)).toBeCloseTo(0.787, 3);
  expect(decayFactor(lambdaOf('i'), 24)).toBeCloseTo(0.301, 3);
});

test.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY, 'fast'])('%s is no lambda', (lambda) => {
  const wrong = lambda as number;
  const refusal = expect.objectContaining({ code: 'SL_CONFIG_INVALID' });
  expect(() => createLambdas({ default: wrong })).toThrow(refusal);
  expect(() => createLambdas({ catalogs: { news: wrong } })).toThrow(refusal);
});
