import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBuiltinProvider } from '../../src/experiments/builtin-provider.ts';
import { defineExperiment } from '../../src/experiments/experiment.ts';
import { chiSquareTail, sampleRatioMismatch } from '../../src/math/sample-ratio.ts';
import { optionsOf } from './outcomes.ts';

const logger = console;
const contextOf = (targetingKey: string | undefined) =>
  targetingKey === undefined ? {} : { targetingKey };

/** A provider of the experiment `blend`, and the hand on its share. */
function create(salt: string, options: Record<string, unknown> = {}) {
  const at = { share: 0 };
  const experiment = defineExperiment('blend', optionsOf({ salt, ...options }));
  const provider = createBuiltinProvider([experiment], () => at.share);
  const setShare = (share: number) => {
    at.share = share;
    provider.follow();
  };
  const ask = (targetingKey?: string, flag = 'blend') =>
    provider.resolveStringEvaluation(flag, 'control', contextOf(targetingKey), logger);
  return { provider, setShare, ask };
}

/** For each share the keys that are in treatment. */
async function treatedAt(salt: string, keys: readonly string[], shares: readonly number[]) {
  const { setShare, ask } = create(salt);
  const treated: boolean[][] = [];
  for (const share of shares) {
    setShare(share);
    const found = await Promise.all(keys.map((key) => ask(key)));
    treated.push(found.map(({ value }) => value === 'treatment'));
  }
  return treated;
}

const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** In which of ten equal parts of [0, 1) each key has its place. */
async function tenthsOf(salt: string, keys: readonly string[]): Promise<number[]> {
  const treated = await treatedAt(salt, keys, tenths);
  return keys.map((_, k) => treated.filter((at) => !at[k]).length);
}

/** Families of keys as they occur: counted up, padded, and without any order. */
const families: Record<string, (i: number) => string> = {
  numbers: (i) => String(i),
  names: (i) => `user-${i}`,
  padded: (i) => String(i).padStart(12, '0'),
  strides: (i) => String(1_000_000_000 + 64 * i),
};
const keysOf = (family: string, count: number) =>
  Array.from({ length: count }, (_, i) => families[family](i));

test('the same key has the same arm on every machine and after every start', async () => {
  const { setShare, ask } = create('new-blend');
  setShare(0.5);
  const found = await Promise.all(
    ['user-1', 'user-2', 'user-3', 'Ünï', '用户'].map((key) => ask(key)),
  );
  expect(found.map(({ value }) => value)).toEqual([
    'control',
    'control',
    'treatment',
    'control',
    'control',
  ]);
  expect(found[0]).toMatchObject({ reason: 'SPLIT', variant: found[0].value });
});

test('a share that grows moves keys to treatment and none back', async () => {
  const shares = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 5 });
  const keys = fc.array(fc.string({ minLength: 1, maxLength: 40 }), { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1 }), keys, shares, async (salt, keys, thousandths) => {
      const rising = thousandths.toSorted((a, b) => a - b).map((share) => share / 1000);
      const treated = await treatedAt(salt, keys, rising);
      for (let at = 1; at < treated.length; at++) {
        for (const [k, is] of treated[at].entries()) expect(treated[at - 1][k] && !is).toBe(false);
      }
    }),
  );
});

test('a share of 0 is all control, a share of 1 is all treatment', async () => {
  const [none, all] = await treatedAt('a', keysOf('names', 1000), [0, 1]);
  expect(none).not.toContain(true);
  expect(all).not.toContain(false);
});

test.each(Object.keys(families))('keys that are %s spread evenly', async (family) => {
  for (const salt of ['a', 'new-blend']) {
    const counts = new Array(10).fill(0);
    for (const tenth of await tenthsOf(salt, keysOf(family, 5000))) counts[tenth] += 1;
    expect(sampleRatioMismatch(counts, new Array(10).fill(1)).pValue).toBeGreaterThan(0.001);
  }
});

test('experiments with different salts split independently', async () => {
  const keys = keysOf('numbers', 5000);
  for (const [one, other] of [
    ['blend-1', 'blend-2'],
    ['1', '11'],
  ]) {
    const [ones, others] = [await tenthsOf(one, keys), await tenthsOf(other, keys)];
    const pairs = new Array(100).fill(0);
    ones.forEach((tenth, k) => {
      pairs[10 * tenth + others[k]] += 1;
    });
    const { statistic } = sampleRatioMismatch(pairs, new Array(100).fill(1));
    expect(chiSquareTail(statistic, 99)).toBeGreaterThan(0.001);
  }
});

test('who is on an allow list has that arm whatever the share, and it is said to be a rule', async () => {
  const { setShare, ask } = create('a', {
    control: { allow: ['boss'] },
    treatment: { work: 'home-new', allow: ['tester', '__proto__'] },
  });
  for (const share of [0, 0.5, 1]) {
    setShare(share);
    expect(await ask('boss')).toMatchObject({ value: 'control', reason: 'TARGETING_MATCH' });
    for (const key of ['tester', '__proto__'])
      expect(await ask(key)).toMatchObject({ value: 'treatment', reason: 'TARGETING_MATCH' });
  }
});

test('without a key it is the default, and that the key is missing is said', async () => {
  const { setShare, ask } = create('a');
  setShare(1);
  for (const key of [undefined, ''])
    expect(await ask(key)).toEqual({ value: 'control', errorCode: 'TARGETING_KEY_MISSING' });
});

test('flags of other names and types are errors, not arms', async () => {
  const { provider, ask } = create('a');
  expect(await ask('user-1', 'other')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  const context = { targetingKey: 'user-1' };
  for (const found of [
    await provider.resolveBooleanEvaluation('blend', true, context, logger),
    await provider.resolveNumberEvaluation('blend', 1, context, logger),
    await provider.resolveObjectEvaluation('blend', {}, context, logger),
  ])
    expect(found).toMatchObject({ errorCode: 'TYPE_MISMATCH' });
});
