import { expect, test } from 'vitest';
import { parseFeedbackRule } from '../../src/domain/feedback-rule.ts';
import { learningSchema } from '../../src/training/dataset/learning-schema.ts';

const matches = (rule: string, type: string, value?: number) =>
  parseFeedbackRule(rule)!.matches({ type, value });

test('a type alone matches whatever the value is', () => {
  expect(matches('click', 'click')).toBe(true);
  expect(matches('click', 'click', 3)).toBe(true);
  expect(matches('click', 'view')).toBe(false);
});

test.for([
  ['rating>=4', 4, true],
  ['rating>=4', 3.99, false],
  ['rating > 4', 4, false],
  ['rating<= -1.5', -2, true],
  ['rating<2', 2, false],
  ['rating=1e2', 100, true],
  ['rating>=4', undefined, false],
] as const)('%s of value %s is %s', ([rule, value, expected]) => {
  expect(matches(rule, 'rating', value)).toBe(expected);
});

test.for([
  '',
  '  ',
  '>=4',
  'rating>=',
  'rating=>4',
  'rating==4',
  'rating>=four',
  'a>1>2',
  'a>Infinity',
])('the text "%s" is no rule', (text) => {
  expect(parseFeedbackRule(text)).toBeUndefined();
  expect(learningSchema.safeParse({ positive: [text] }).success).toBe(false);
});

test('types of more than one word are types', () => {
  expect(matches(' add to cart ', 'add to cart')).toBe(true);
});
