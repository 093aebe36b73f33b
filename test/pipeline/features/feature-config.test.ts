import { expect, test } from 'vitest';
import { crossCheckWorks } from '../../../src/pipeline/cross-check-works.ts';
import { workSchema } from '../../../src/pipeline/work-schema.ts';
import { definePlugin } from '../../../src/plugins/plugin.ts';
import { unitePlugins } from '../../../src/plugins/unite-plugins.ts';
import { createMemoryFeatures } from '../../../src/stores/features/memory-features.ts';
import { openFeatureShop } from './feature-shop.ts';

const price = { feature: 'price', store: 'redis', key: 'item:{item}' };
const filter = (options: object) => ({
  stage: 'filter',
  use: ['hidden', { algorithm: 'feature', options }],
});
const inStock = { feature: 'price', atLeast: 1 };

function mistakesOf(stages: readonly object[], stores: readonly string[] | undefined = ['redis']) {
  const checked = crossCheckWorks(
    { home: { stages } },
    { catalogue: unitePlugins([]), models: ['popular'], stores, tables: ['blocked'] },
  );
  return checked.filter(({ message }) => !message.includes('is missing'));
}

test('features that are declared and read are no mistake', () => {
  expect(mistakesOf([{ stage: 'features', use: ['user', price] }, filter(inStock)])).toEqual([]);
});

test('a store that nobody declares is named, unless nobody can say yet', () => {
  const stages = [{ stage: 'features', use: [price] }];
  expect(mistakesOf(stages, ['http', 'cache'])).toEqual([
    {
      path: 'works.home.stages.0.use',
      message: 'store redis of feature price is not declared, expected one of http, cache',
    },
  ]);
  expect(mistakesOf(stages, [])[0].message).toMatch(/expected one of none$/);
});

test('a feature that stands twice is named', () => {
  expect(mistakesOf([{ stage: 'features', use: [price, { ...price }] }])).toEqual([
    { path: 'works.home.stages.0.use', message: 'feature price stands twice, expected once' },
  ]);
});

test('an algorithm that reads a feature which nobody declares, or too late, is named', () => {
  const message = (known: string) =>
    `algorithm feature reads feature price, expected one of ${known}`;
  const path = 'works.home.stages.0.use.1.algorithm';
  expect(mistakesOf([filter(inStock)])).toEqual([{ path, message: message('none') }]);
  expect(mistakesOf([filter(inStock), { stage: 'features', use: [price] }])).toEqual([
    { path, message: message('none') },
  ]);
  const other = { stage: 'features', use: [{ ...price, feature: 'stock' }] };
  expect(mistakesOf([other, filter(inStock)])[0].message).toBe(message('stock'));
});

test('a table that nobody declares is named', () => {
  const use = (table: string) => [
    { stage: 'filter', use: [{ algorithm: 'block-list', options: { table } }] },
  ];
  expect(mistakesOf(use('blocked'))).toEqual([]);
  expect(mistakesOf(use('staff'))[0].message).toBe(
    'algorithm block-list reads table staff, expected one of blocked',
  );
});

test.each([
  ['nothing to compare with', { feature: 'price' }, /needs one of is, atLeast, atMost/],
  ['two ways to compare', { ...inStock, is: 3 }, /has is beside atLeast/],
  ['a word that is not known', { ...inStock, onMissing: 'maybe' }, /keep.*drop/],
  ['an empty list', { feature: 'price', is: [] }, />=1/],
])('a filter with %s is refused', (_, options, message) => {
  const [mistake] = mistakesOf([{ stage: 'features', use: [price] }, filter(options)]);
  expect(mistake).toMatchObject({
    path: expect.stringMatching(/^works.home.stages.1.use.1.options/),
  });
  expect(mistake.message).toMatch(message);
});

test('features are an optional part of a work, and at most sixteen', () => {
  const parse = (use?: readonly unknown[]) => {
    const stages = [{ stage: 'features', ...(use && { use }) }];
    return workSchema.safeParse({ surface: 'user', strategy: 'plain', stages });
  };
  expect(parse().data?.stages).toMatchObject([{ use: ['user'] }]);
  const many = Array.from({ length: 17 }, (_, i) => ({ ...price, feature: `f${i}` }));
  expect(parse(many.slice(1)).success).toBe(true);
  expect(parse(many).success).toBe(false);
});

const shop = { stores: [createMemoryFeatures({}, { name: 'redis' })] };

test('a work whose feature is in no store cannot be built', async () => {
  const opened = openFeatureShop({ ...shop, features: [{ ...price, store: 'cache' }] });
  await expect(opened).rejects.toMatchObject({
    code: 'SL_CONFIG_INVALID',
    message: 'store cache of feature price is not there, expected one of features.stores',
  });
});

test('an algorithm of a plugin that reads what its work does not declare cannot be built', async () => {
  const margin = definePlugin({
    name: 'margin',
    scorers: {
      margin: { summary: 'margin', features: () => ['margin'], create: () => ({ score() {} }) },
    },
  });
  const opened = openFeatureShop({
    ...shop,
    features: [price],
    plugins: [margin],
    score: [{ algorithm: 'margin', weight: 1 }],
  });
  await expect(opened).rejects.toMatchObject({
    code: 'SL_CONFIG_INVALID',
    message: 'algorithm margin of work test reads feature margin, expected one of price',
  });
});
