import { expect, test } from 'vitest';
import { createFeedbackKinds } from '../../../src/training/dataset/feedback-kinds.ts';

const kindsOf = (positive: string[], read: string[]) => {
  const kindOf = createFeedbackKinds({ positive, read });
  return (type: string, value?: number) => kindOf({ type, value });
};

test('without rules all feedback is positive', () => {
  expect(kindsOf([], [])('anything')).toBe('positive');
});

test('where only what is read is named, everything else is positive', () => {
  const kindOf = kindsOf([], ['read']);
  expect([kindOf('read'), kindOf('buy')]).toEqual(['read', 'positive']);
});

test('a rule with a comparison is met by its values alone, and wanting goes before seeing', () => {
  const kindOf = kindsOf(['rating>=4'], ['rating']);
  expect([kindOf('rating', 4), kindOf('rating', 3), kindOf('rating'), kindOf('x')]).toEqual([
    ...['positive', 'read', 'read', 'other'],
  ]);
});

test('what is negative was seen, also where it is positive too', () => {
  const kindOf = createFeedbackKinds({ positive: ['rating'], read: [], negative: ['rating<2'] });
  expect([kindOf({ type: 'rating', value: 1 }), kindOf({ type: 'rating', value: 2 })]).toEqual([
    ...['read', 'positive'],
  ]);
});

test('what is no rule is refused', () => {
  expect(() => createFeedbackKinds({ positive: ['>=4'], read: [] })).toThrow('is no feedback type');
});
