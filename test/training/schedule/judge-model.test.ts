import { expect, test } from 'vitest';
import { frameModel, readFrame } from '../../../src/models/file.ts';
import { markov1 } from '../../../src/models/markov-1.ts';
import { type CurrentVersion, judgeModel } from '../../../src/training/schedule/judge-model.ts';
import { planHoldOut } from '../../../src/training/schedule/plan-hold-out.ts';
import { trainingSchema } from '../../../src/training/training-schema.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

const { gate: options } = trainingSchema.parse({});
const kind = 'markov-1';
const learn = (clicks: string) =>
  markov1.fit(sessionsOf(...Array(20).fill(clicks)), markov1.defaults, () => {});

/** Judges what learnt `candidate` against what learnt `before`, by sessions of `abcdef`. */
function judge(candidate: Uint8Array, before: Uint8Array, change: Partial<CurrentVersion> = {}) {
  const current: CurrentVersion = {
    model: readFrame(frameModel({ kind, trainedAtMs: 0, payload: before }), 'm'),
    recipe: { kind, options: markov1.defaults },
    ...{ hasSameRecipe: true, learntUntilMs: 0, ...change },
  };
  const holdOut = planHoldOut(sessionsOf(...Array(100).fill('abcdef')), current, options)!;
  const tools = { holdOut, options, current, learn: () => before };
  return judgeModel({ kind, payload: candidate }, tools);
}

// Both know something that comes after each item.
const [good, bad] = [learn('abcdefa'), learn('fedcbaf')];
const never = Number.MAX_VALUE;

test('the better of two versions passes, as it is and learnt again', () => {
  expect(judge(good, bad)).toMatchObject({ verdict: 'promote', basis: 'as-is' });
  expect(judge(bad, good)).toMatchObject({ verdict: 'reject', basis: 'as-is' });
  const other = { hasSameRecipe: false, learntUntilMs: never };
  expect(judge(good, bad, other)).toMatchObject({ verdict: 'promote', basis: 'refit' });
  expect(judge(bad, good, other)).toMatchObject({ verdict: 'reject', basis: 'refit' });
});

test('the same recipe without anything new is compared with nothing', () => {
  expect(judge(bad, good, { learntUntilMs: never })).toMatchObject({
    ...{ verdict: 'promote', basis: 'none', difference: undefined },
  });
});

test('a version that cannot be loaded is nothing to lose', () => {
  expect(judge(bad, Uint8Array.of(1, 2, 3))).toMatchObject({
    ...{ verdict: 'promote', basis: 'first', difference: undefined },
  });
});
