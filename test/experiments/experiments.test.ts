import { expect, onTestFinished, test } from 'vitest';
import { openExperiments } from '../../src/experiments/experiments.ts';
import { measured, optionsOf } from './outcomes.ts';

const hourMs = 3_600_000;

/** The experiments `new-blend` on `home` and `faster` on `similar`, and the hand of their clock. */
async function open(options: Record<string, unknown> = {}) {
  const time = { epochMs: 1_700_000_000_000, ms: 5000 };
  const clock = { now: () => time.epochMs + time.ms, monotonic: () => time.ms };
  const definitions = {
    'new-blend': optionsOf(options),
    faster: optionsOf({ work: 'similar', treatment: { work: 'similar-fast' } }),
  };
  const experiments = await openExperiments(definitions, { clock, emit: () => {} });
  onTestFinished(() => experiments.close());
  return { experiments, time };
}

test('a work without experiment is served as it is, at once', async () => {
  const { experiments } = await open();
  expect(experiments.assign('session', { user: 'user-1' })).toBeUndefined();
});

test('a key gets the work of its variant, and the same one every time', async () => {
  const { experiments } = await open({ share: 0.5 });
  const of = (user: string) => experiments.assign('home', { user });
  const shared = {
    experiment: 'new-blend',
    reason: 'split',
    by: 'user',
    provider: 'sightline',
    isCounted: true,
  };
  expect(await of('user-1')).toEqual({
    ...{ ...shared, variant: 'control', name: 'new-blend/control', work: 'home' },
  });
  expect(await of('user-3')).toEqual({
    ...{ ...shared, variant: 'treatment', name: 'new-blend/treatment', work: 'home-new' },
  });
  expect(await of('user-3')).toBe(await of('user-3'));
  const other = await open({ share: 0.5 });
  expect(await other.experiments.assign('home', { user: 'user-3' })).toEqual(await of('user-3'));
});

test('the user chooses before the session, and the session where there is no user', async () => {
  const { experiments } = await open({ share: 0.5 });
  const [control, treatment] = ['user-1', 'user-3'];
  const variantOf = async (request: object) => (await experiments.assign('home', request))?.variant;
  expect(await variantOf({ user: control, session: treatment })).toBe('control');
  expect(await variantOf({ session: treatment })).toBe('treatment');
});

test('by subgraph, equal subgraphs get the same variant whoever asks, and without one it is control', async () => {
  const { experiments } = await open({ share: 0.5, by: 'subgraph' });
  const of = (user: string, subgraphHash?: string) =>
    experiments.assign('home', { user, subgraphHash, graphId: `g-${user}` });
  const hashes = Array.from({ length: 50 }, (_, i) => `hash-${i}`);
  const variants = await Promise.all(hashes.map((hash) => of('user-1', hash)));
  expect(new Set(variants.map((one) => one?.variant))).toEqual(new Set(['control', 'treatment']));
  for (const [k, hash] of hashes.entries()) expect(await of(`user-${k}`, hash)).toBe(variants[k]);
  expect(of('user-3')).toMatchObject({ variant: 'control', reason: 'no_key', isCounted: false });
});

test('a request without key is control and does not count for the experiment', async () => {
  const { experiments } = await open({ share: 0.999 });
  const expected = { variant: 'control', work: 'home', reason: 'no_key', isCounted: false };
  for (const request of [{}, { user: '' }, { session: '' }, { subgraphHash: 'h' }])
    expect(experiments.assign('home', request)).toMatchObject(expected);
});

test('an allow list goes before the share and does not count for the experiment', async () => {
  const { experiments } = await open({
    share: 0.001,
    treatment: { work: 'home-new', allow: ['tester'] },
  });
  expect(await experiments.assign('home', { user: 'tester' })).toMatchObject({
    variant: 'treatment',
    work: 'home-new',
    reason: 'targeting_match',
    isCounted: false,
  });
});

test('an experiment that is not enabled gives everybody control', async () => {
  const { experiments } = await open({ share: 0.999, enabled: false });
  expect(experiments.assign('home', { user: 'user-3' })).toMatchObject({
    variant: 'control',
    work: 'home',
    reason: 'disabled',
    isCounted: false,
  });
});

test('kill and revive work on the next request, and on one experiment alone', async () => {
  const { experiments } = await open({ share: 0.999 });
  const user = 'user-3';
  experiments.kill('new-blend');
  expect(experiments.assign('home', { user })).toMatchObject({
    variant: 'control',
    reason: 'killed',
    isCounted: false,
  });
  expect((await experiments.assign('similar', { user }))?.reason).toBe('split');
  experiments.revive('new-blend');
  expect(await experiments.assign('home', { user })).toMatchObject({
    variant: 'treatment',
    reason: 'split',
  });
});

test('a forced variant is served whatever the split says, and does not count', async () => {
  const { experiments } = await open({ enabled: false });
  const force = (forcedVariant: string, work = 'home') =>
    experiments.assign(work, { user: 'user-1', forcedVariant });
  expect(force('new-blend/treatment')).toMatchObject({
    variant: 'treatment',
    work: 'home-new',
    reason: 'forced',
    isCounted: false,
  });
  expect(force('new-blend/control')).toMatchObject({ variant: 'control', reason: 'forced' });
  for (const unknown of ['new-blend/other', 'faster/treatment', 'treatment', 'new-blend', '/', ''])
    expect(force(unknown)).toMatchObject({ variant: 'control', reason: 'unknown_variant' });
  expect(force('new-blend/treatment', 'session')).toBeUndefined();
});

test('a share that calibration raised is the share of the next request', async () => {
  const { experiments, time } = await open();
  const keys = Array.from({ length: 2000 }, (_, i) => `user-${i}`);
  const treated = async () => {
    const found = await Promise.all(keys.map((user) => experiments.assign('home', { user })));
    return keys.filter((_, k) => found[k]?.variant === 'treatment');
  };
  const before = await treated();
  time.ms += hourMs;
  expect(experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }))).toMatchObject({
    reason: 'changed',
    share: 0.25,
  });
  const after = await treated();
  expect(before.length / keys.length).toBeCloseTo(0.1, 1);
  expect(after.length / keys.length).toBeCloseTo(0.25, 1);
  expect(after).toEqual(expect.arrayContaining(before));
});

test('the status says share, since when, and the last decision', async () => {
  const { experiments, time } = await open();
  time.ms += hourMs;
  const decision = experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }));
  const changedAtMs = time.epochMs + time.ms;
  time.ms += 60_000;
  expect(experiments.status()).toEqual([
    {
      name: 'new-blend',
      work: 'home',
      by: 'user',
      control: { name: 'control', work: 'home' },
      treatment: { name: 'treatment', work: 'home-new' },
      state: 'split',
      share: 0.25,
      sinceMs: changedAtMs,
      decision,
      results: undefined,
    },
    expect.objectContaining({ name: 'faster', share: 0.1, decision: undefined }),
  ]);
});

test('a decision from before a kill is not shown after it', async () => {
  const { experiments } = await open();
  const decision = () => experiments.status()[0].decision?.reason;
  experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }));
  experiments.revive('new-blend');
  expect(decision()).toBe('too_soon');
  experiments.kill('new-blend');
  expect(experiments.status()[0]).toMatchObject({ state: 'killed', share: 0, decision: undefined });
});

test('a jump of the wall clock does not shorten the time a share is kept', async () => {
  const { experiments, time } = await open();
  time.epochMs += 24 * hourMs;
  const { reason } = experiments.calibrate('new-blend', measured({ drift: 0.5, share: 0.1 }));
  expect(reason).toBe('too_soon');
});

test('a name that is not declared is told which there are', async () => {
  const { experiments } = await open();
  const unknown = expect.objectContaining({
    code: 'SL_NOT_FOUND',
    message: 'experiment is x, expected one of new-blend, faster',
  });
  expect(() => experiments.kill('x')).toThrow(unknown);
  expect(() => experiments.revive('x')).toThrow(unknown);
  expect(() => experiments.calibrate('x', measured({ drift: 0.5, share: 0.1 }))).toThrow(unknown);
});

test('without experiments every work is served as it is', async () => {
  const clock = { now: () => 0, monotonic: () => 0 };
  const none = await openExperiments({}, { clock, emit: () => {} });
  expect(none.status()).toEqual([]);
  expect(none.provider).toEqual({ name: 'none', status: 'READY' });
  expect(none.assign('home', { user: 'user-1' })).toBeUndefined();
  expect(() => none.kill('__proto__')).toThrow('none, no experiment is declared');
});
