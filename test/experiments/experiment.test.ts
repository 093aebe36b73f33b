import { expect, test } from 'vitest';
import {
  defineExperiment,
  experimentSchema,
  experimentsSchema,
} from '../../src/experiments/experiment.ts';
import { optionsOf } from './outcomes.ts';

/** Paths of what is wrong with a configuration, without those of the defaults. */
const wrong = (options: Record<string, unknown>) =>
  experimentSchema
    .safeParse({ work: 'home', treatment: { work: 'home-new' }, ...options })
    .error?.issues.map(({ path }) => path.join('.'));

test('a work and the work that is tried make an experiment', () => {
  expect(defineExperiment('new-blend', optionsOf())).toEqual({
    name: 'new-blend',
    salt: 'new-blend',
    work: 'home',
    enabled: true,
    share: 0.1,
    by: 'user',
    control: { name: 'control', work: 'home', allow: [] },
    treatment: { name: 'treatment', work: 'home-new', allow: [] },
    calibration: {
      enabled: true,
      alpha: 0.7,
      table: [{ below: 0.3, share: 0.1 }, { below: 0.6, share: 0.25 }, { share: 0.4 }],
      hysteresis: 0.05,
      minSecondsBetweenChanges: 3600,
      maxChange: 0.15,
      minSamples: 500,
      mismatchPValue: 0.001,
    },
  });
});

test('what is said goes before what is taken from name and work', () => {
  const control = { name: 'old', work: 'home-old' };
  const experiment = defineExperiment('new-blend', optionsOf({ salt: 'second', control }));
  expect(experiment).toMatchObject({ salt: 'second', control });
  expect(defineExperiment('x', optionsOf({ by: 'subgraph' })).by).toBe('subgraph');
});

test('no experiments are the default', () => {
  expect(experimentsSchema.parse(undefined)).toEqual({});
});

test('what is wrong is refused with its path', () => {
  expect(wrong({})).toBeUndefined();
  expect(wrong({ share: 0 })).toEqual(['share']);
  expect(wrong({ share: 1 })).toEqual(['share']);
  expect(wrong({ share: Number.NaN })).toEqual(['share']);
  expect(wrong({ work: 'Home' })).toEqual(['work']);
  expect(wrong({ salt: '' })).toEqual(['salt']);
  expect(wrong({ treatment: {} })).toEqual(['treatment.work']);
  expect(wrong({ calibration: { maxChange: 0 } })).toEqual(['calibration.maxChange']);
  expect(wrong({ calibration: { minSamples: 0 } })).toEqual(['calibration.minSamples']);
  expect(wrong({ colour: 'red' })).toEqual(['']);
  expect(experimentsSchema.safeParse({ 'Not A Name': optionsOf() }).success).toBe(false);
});

test('two arms of one name are refused', () => {
  expect(wrong({ control: { name: 'a' }, treatment: { name: 'a', work: 'x' } })).toEqual([
    'treatment.name',
  ]);
});

test('a key that both arms allow, and lists without end, are refused', () => {
  const both = { control: { allow: ['a', 'b'] }, treatment: { work: 'x', allow: ['b'] } };
  expect(wrong(both)).toEqual(['treatment.allow']);
  const endless = Array.from({ length: 10_001 }, (_, i) => `u${i}`);
  expect(wrong({ control: { allow: endless } })).toEqual(['control.allow']);
  expect(wrong({ control: { allow: [''] } })).toEqual(['control.allow.0']);
  expect(wrong({ by: 'weather' })).toEqual(['by']);
});

test.each([
  ['ends that fall', [{ below: 0.6, share: 0.1 }, { below: 0.3, share: 0.2 }, { share: 0.4 }]],
  ['equal ends', [{ below: 0.3, share: 0.1 }, { below: 0.3, share: 0.2 }, { share: 0.4 }]],
  ['an end on the last band', [{ below: 0.3, share: 0.1 }]],
  ['a band in the middle without end', [{ share: 0.1 }, { share: 0.4 }]],
  ['no bands', []],
])('a table with %s is refused', (_, table) => {
  expect(wrong({ calibration: { table } })).toEqual(['calibration.table']);
});

test('a table of one band is a share that is never left', () => {
  expect(wrong({ calibration: { table: [{ share: 0.5 }] } })).toBeUndefined();
});
