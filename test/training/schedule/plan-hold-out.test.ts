import { expect, test } from 'vitest';
import { planHoldOut } from '../../../src/training/schedule/plan-hold-out.ts';
import { trainingSchema } from '../../../src/training/training-schema.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

const dayMs = 86_400_000;
const { gate } = trainingSchema.parse({ gate: { minCases: 10, maxCases: 40 } });
/** A hundred sessions of three clicks, one a day: two cases each. */
const hundred = sessionsOf(...Array(100).fill('abc'));

const plan = (learntUntilDay: number | undefined, hasSameRecipe = true, data = hundred) => {
  const incumbent =
    learntUntilDay === undefined
      ? undefined
      : { hasSameRecipe, learntUntilMs: learntUntilDay * dayMs };
  const holdOut = planHoldOut(data, incumbent, gate);
  if (holdOut === undefined) return undefined;
  const { split, basis, every } = holdOut;
  return {
    basis,
    every,
    before: split.before.offsets.length - 1,
    after: split.after.offsets.length - 1,
  };
};

test('a first version is judged by the newest tenth of the sessions', () => {
  expect(plan(undefined)).toEqual({ basis: 'first', every: 1, before: 90, after: 10 });
});

test('a version is judged as it is by sessions that it cannot remember', () => {
  // All of the tenth is newer; then only the last six days are; then the last four, which are too few.
  expect(plan(50)).toEqual({ basis: 'as-is', every: 1, before: 90, after: 10 });
  expect(plan(93.5)).toEqual({ basis: 'as-is', every: 1, before: 94, after: 6 });
  expect(plan(95.5)).toEqual({ basis: 'none', every: 1, before: 90, after: 10 });
});

test('where too little is new, another recipe learns the same past again', () => {
  expect(plan(99.5, false)).toMatchObject({ basis: 'refit', before: 90, after: 10 });
  expect(plan(99.5, true)).toMatchObject({ basis: 'none' });
});

test('many cases are thinned out evenly', () => {
  const many = sessionsOf(...Array(100).fill('abcdefghij'));
  expect(plan(undefined, true, many)).toMatchObject({ every: 3 });
});

test.each([
  ['nothing', sessionsOf()],
  ['one session', sessionsOf('abc')],
  ['clicks without a next one', sessionsOf(...Array(50).fill('a'))],
])('of %s nothing can be judged', (_, data) => {
  expect(plan(undefined, true, data)).toBeUndefined();
});
