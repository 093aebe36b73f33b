import { expect, test } from 'vitest';
import { createExperiments } from '../../src/experiments/experiments.ts';
import { measured, optionsOf } from './outcomes.ts';

const hourMs = 3_600_000;

/** The experiments `new-blend` on `home` and `faster` on `similar`, and the hand of their clock. */
function create(options: Record<string, unknown> = {}) {
  const time = { epochMs: 1_700_000_000_000, ms: 5000 };
  const clock = { now: () => time.epochMs + time.ms, monotonic: () => time.ms };
  const definitions = {
    'new-blend': optionsOf(options),
    faster: optionsOf({ work: 'similar', treatment: { work: 'similar-fast' } }),
  };
  return { experiments: createExperiments(definitions, { clock }), time };
}

test('a work without experiment is served as it is', () => {
  expect(create().experiments.assign('session', 'user-1')).toBeUndefined();
});

test('a key gets the work of its variant, and the same one every time', () => {
  const { experiments } = create({ share: 0.5 });
  const control = experiments.assign('home', 'user-4');
  const treatment = experiments.assign('home', 'user-2');
  expect(control).toEqual({
    experiment: 'new-blend',
    variant: 'control',
    work: 'home',
    reason: 'split',
    label: 'new-blend/control',
  });
  expect(treatment).toEqual({
    experiment: 'new-blend',
    variant: 'treatment',
    work: 'home-new',
    reason: 'split',
    label: 'new-blend/treatment',
  });
  expect(create({ share: 0.5 }).experiments.assign('home', 'user-2')).toEqual(treatment);
});

test('assignments are made once, not for each request', () => {
  const { experiments } = create();
  const one = experiments.assign('home', 'user-1');
  expect(experiments.assign('home', 'user-1')).toBe(one);
});

test('a request without key is control and does not count for the experiment', () => {
  const { experiments } = create({ share: 0.999 });
  const expected = { variant: 'control', work: 'home', reason: 'no_key', label: '' };
  expect(experiments.assign('home', undefined)).toMatchObject(expected);
  expect(experiments.assign('home', '')).toMatchObject(expected);
});

test('an experiment that is not enabled gives everybody control', () => {
  const { experiments } = create({ share: 0.999, enabled: false });
  expect(experiments.assign('home', 'user-2')).toMatchObject({
    variant: 'control',
    work: 'home',
    reason: 'disabled',
    label: '',
  });
});

test('kill and revive work on the next request, and on one experiment alone', () => {
  const { experiments } = create({ share: 0.999 });
  experiments.kill('new-blend');
  expect(experiments.assign('home', 'user-2')).toMatchObject({
    variant: 'control',
    reason: 'killed',
    label: '',
  });
  expect(experiments.assign('similar', 'user-2')?.reason).toBe('split');
  experiments.revive('new-blend');
  expect(experiments.assign('home', 'user-2')).toMatchObject({
    variant: 'treatment',
    reason: 'split',
  });
});

test('a share that calibration raised is the share of the next request', () => {
  const { experiments, time } = create();
  const keys = Array.from({ length: 2000 }, (_, i) => `user-${i}`);
  const treated = () =>
    keys.filter((key) => experiments.assign('home', key)?.variant === 'treatment');
  const before = treated();
  time.ms += hourMs;
  expect(experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }))).toMatchObject({
    reason: 'changed',
    share: 0.25,
  });
  const after = treated();
  expect(before.length / keys.length).toBeCloseTo(0.1, 1);
  expect(after.length / keys.length).toBeCloseTo(0.25, 1);
  expect(after).toEqual(expect.arrayContaining(before));
});

test('the status says share, since when, and the last decision', () => {
  const { experiments, time } = create();
  time.ms += hourMs;
  const decision = experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }));
  const changedAtMs = time.epochMs + time.ms;
  time.ms += 60_000;
  expect(experiments.status()).toEqual([
    {
      name: 'new-blend',
      work: 'home',
      control: { name: 'control', work: 'home' },
      treatment: { name: 'treatment', work: 'home-new' },
      state: 'split',
      share: 0.25,
      sinceMs: changedAtMs,
      decision,
    },
    expect.objectContaining({ name: 'faster', share: 0.1, decision: undefined }),
  ]);
});

test('a decision from before a kill is not shown after it', () => {
  const { experiments } = create();
  const decision = () => experiments.status()[0].decision?.reason;
  experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }));
  experiments.revive('new-blend');
  expect(decision()).toBe('too_soon');
  experiments.kill('new-blend');
  expect(experiments.status()[0]).toMatchObject({ state: 'killed', share: 0, decision: undefined });
});

test('a jump of the wall clock does not shorten the time a share is kept', () => {
  const { experiments, time } = create();
  time.epochMs += 24 * hourMs;
  const { reason } = experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }));
  expect(reason).toBe('too_soon');
});

test('a name that is not declared is told which there are', () => {
  const { experiments } = create();
  const unknown = expect.objectContaining({
    code: 'SL_NOT_FOUND',
    message: 'experiment is x, expected one of new-blend, faster',
  });
  expect(() => experiments.kill('x')).toThrow(unknown);
  expect(() => experiments.revive('x')).toThrow(unknown);
  expect(() => experiments.calibrate('x', measured({ drift: 0.5, share: 0.1 }))).toThrow(unknown);
});

test('without experiments every work is served as it is', () => {
  const none = createExperiments({}, { clock: { now: () => 0, monotonic: () => 0 } });
  expect(none.status()).toEqual([]);
  expect(none.assign('home', 'user-1')).toBeUndefined();
  expect(() => none.kill('__proto__')).toThrow('none, no experiment is declared');
});
