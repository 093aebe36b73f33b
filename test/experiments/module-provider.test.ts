import type { EvaluationContext } from '@openfeature/server-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { openExperiments } from '../../src/experiments/experiments.ts';
import { flagsSchema } from '../../src/experiments/flags-schema.ts';
import { measured, optionsOf } from './outcomes.ts';
import * as shop from './shop-provider.ts';

const module = './test/experiments/shop-provider.ts';
const hourMs = 3_600_000;

/** An experiment on `home` that the provider of a module decides about. */
async function open(options: object = {}, differently: object = {}) {
  const flags = flagsSchema.parse({ provider: 'module', module, options, ...differently });
  const told: { code: string; cause: unknown }[] = [];
  const clock = { now: () => 0, monotonic: () => hourMs };
  const experiments = await openExperiments(
    { 'new-blend': optionsOf({ share: 0.1 }) },
    { clock, emit: (_, fact) => void told.push(fact as never), flags },
  );
  onTestFinished(() => experiments.close());
  const ask = (request: object = { user: 'user-1' }) => experiments.assign('home', request);
  return { experiments, told, ask };
}

const says = async (what: object | string) => (await open({ says: what })).ask();

const working = Object.keys(shop).filter((name) => !['nothing', 'fails'].includes(name));

test.each(working)('the export %s is a provider', async (name) => {
  const { experiments, told, ask } = await open({}, { export: name });
  expect(experiments.provider).toEqual({ name: 'shop-flags', status: 'READY' });
  expect(await ask()).toMatchObject({ variant: 'control', provider: 'shop-flags' });
  expect(told).toEqual([]);
});

test('the provider is told the key and what else is known, and nothing that is not', async () => {
  const seen: EvaluationContext[] = [];
  const { ask } = await open({ seen });
  await ask({
    user: 'u',
    session: 's',
    segment: 'vip',
    catalog: 'shoes',
    graphId: 'g',
    subgraphHash: 'h',
  });
  await ask({ session: 's' });
  expect(seen).toEqual([
    {
      ...{ targetingKey: 'u', work: 'home', user: 'u', session: 's', segment: 'vip' },
      ...{ catalog: 'shoes', graphId: 'g', subgraphHash: 'h' },
    },
    { targetingKey: 's', work: 'home', session: 's' },
  ]);
});

test('the value of the flag is the arm, and the reason is that of the provider', async () => {
  const treatment = { variant: 'treatment', work: 'home-new' };
  expect(await says({ value: 'treatment', reason: 'SPLIT' })).toMatchObject({
    ...treatment,
    reason: 'split',
    isCounted: true,
  });
  expect(await says({ value: 'treatment', reason: 'TARGETING_MATCH' })).toMatchObject({
    ...treatment,
    reason: 'targeting_match',
    isCounted: true,
  });
  expect(await says({ value: 'treatment', reason: 'STATIC' })).toMatchObject({
    ...treatment,
    reason: 'static',
    isCounted: false,
  });
  expect(await says({ value: 'treatment', reason: 'MOON_PHASE' })).toMatchObject({
    reason: 'unknown',
    isCounted: true,
  });
  // Words of Sightline's own are not for providers to say.
  expect(await says({ value: 'treatment', reason: 'FORCED' })).toMatchObject({ reason: 'unknown' });
});

test.each([
  ['names no arm', { value: 'other', reason: 'SPLIT' }, 'unknown_variant'],
  ['names something of the prototype', { value: '__proto__' }, 'unknown_variant'],
  ['gives a number', { value: 5 }, 'unknown_variant'],
  ['gives nothing', { value: undefined }, 'unknown_variant'],
  ['knows no such flag', { errorCode: 'FLAG_NOT_FOUND' }, 'unknown_variant'],
  ['misses the key', { errorCode: 'TARGETING_KEY_MISSING' }, 'no_key'],
  ['is not ready', { errorCode: 'PROVIDER_NOT_READY' }, 'not_ready'],
  ['is broken for good', { errorCode: 'PROVIDER_FATAL' }, 'not_ready'],
  ['cannot read the flag', { value: 'treatment', errorCode: 'PARSE_ERROR' }, 'error'],
  ['says that it is an error', { value: 'treatment', reason: 'ERROR' }, 'error'],
  ['throws', 'throws', 'error'],
  ['does not answer', 'nothing', 'late'],
])('a provider that %s gives control with the reason, never an error', async (_, what, reason) => {
  expect(await says(what)).toMatchObject({
    ...{ variant: 'control', work: 'home', reason, isCounted: false },
  });
});

test('a request that has less time waits for less', async () => {
  const { ask } = await open({ says: 'nothing' }, { timeoutMs: 1000 });
  const startedAt = performance.now();
  expect(await ask({ user: 'u', timeoutMs: 1 })).toMatchObject({ reason: 'late' });
  expect(performance.now() - startedAt).toBeLessThan(900);
});

test('a provider that hangs is not waited for by more than a thousand requests at once', async () => {
  const { ask } = await open({ says: 'nothing' }, { timeoutMs: 300 });
  const asked = Array.from({ length: 1000 }, () => ask());
  const startedAt = performance.now();
  expect(await ask()).toMatchObject({ reason: 'late' });
  expect(performance.now() - startedAt).toBeLessThan(250);
  expect(new Set((await Promise.all(asked)).map((one) => one?.reason))).toEqual(new Set(['late']));
});

test.each([
  ['there is no such module', { module: './no-such-file.ts' }],
  ['there is no such package', { module: 'no-such-flag-provider' }],
  ['there is no such export', { export: 'missing' }],
  ['the export is no provider', { export: 'nothing' }],
  ['the export throws', { export: 'fails' }],
])('where %s everybody is control, and the log says why', async (_, differently) => {
  const { told, ask, experiments } = await open({}, differently);
  expect(await ask()).toMatchObject({ variant: 'control', reason: 'not_ready' });
  expect(experiments.provider.status).toBe('NOT_READY');
  expect(told).toEqual([
    {
      code: 'SL_FLAGS_UNAVAILABLE',
      cause: expect.objectContaining({ code: 'SL_FLAGS_UNAVAILABLE' }),
    },
  ]);
});

test('a start does not wait for a provider for ever', async () => {
  const { told, ask } = await open({ init: 'hangs' }, { readyMs: 1 });
  expect(await ask()).toMatchObject({ variant: 'control', reason: 'not_ready' });
  expect(told[0].cause).toMatchObject({ message: expect.stringContaining('not ready after 1 ms') });
});

test('a provider that fails to start is told', async () => {
  const { told, experiments } = await open({ init: 'fails' });
  expect(experiments.provider.status).toBe('ERROR');
  expect(told[0].cause).toMatchObject({ message: 'no flags today' });
});

test('its share is not calibrated, kill and forced variants work all the same', async () => {
  const { experiments, ask } = await open({ says: { value: 'treatment', reason: 'SPLIT' } });
  const decision = experiments.calibrate('new-blend', measured({ drift: 0.9, share: 0.1 }));
  expect(decision).toMatchObject({ reason: 'disabled', share: 0.1 });
  expect(ask({ user: 'u', forcedVariant: 'new-blend/control' })).toMatchObject({
    variant: 'control',
    reason: 'forced',
  });
  experiments.kill('new-blend');
  expect(ask()).toMatchObject({ variant: 'control', reason: 'killed' });
});

test('the provider is closed with the experiments', async () => {
  const closed: string[] = [];
  const { experiments } = await open({ closed });
  await experiments.close();
  expect(closed).toEqual(['closed']);
});

test('flags that are wrong are refused with their path', () => {
  const wrong = (flags: object) =>
    flagsSchema.safeParse(flags).error?.issues.map(({ path }) => path.join('.'));
  const good = { provider: 'module', module: '@openfeature/flagd-provider' };
  expect(wrong(good)).toBeUndefined();
  expect(flagsSchema.parse(undefined)).toEqual({ provider: 'builtin' });
  for (const module of [
    '',
    'https://evil.example/x.js',
    'data:text/javascript,0',
    'node:fs',
    'a b',
  ])
    expect(wrong({ ...good, module })).toEqual(['module']);
  expect(wrong({ ...good, export: 'a-b' })).toEqual(['export']);
  expect(wrong({ ...good, timeoutMs: 0 })).toEqual(['timeoutMs']);
  expect(wrong({ ...good, readyMs: 600_000 })).toEqual(['readyMs']);
  expect(wrong({ provider: 'builtin', module: 'x' })).toEqual(['']);
  expect(wrong({ provider: 'other' })).toEqual(['provider']);
});
