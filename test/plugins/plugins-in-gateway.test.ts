import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import { call } from '../http/call.ts';
import { openTestGateway } from '../http/open-test-gateway.ts';
import { pluginFolder } from './load-plugins.ts';

const path = (file: string) => join(pluginFolder, file);

const works = (stages: readonly object[]) => ({
  home: {
    surface: 'user',
    strategy: 'newest',
    budgetMs: 5000,
    maxBudgetMs: 5000,
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: 'latest' }] },
      ...stages,
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden'] },
    ],
  },
});

const score = (algorithm: string) => ({ stage: 'score', use: [{ algorithm, weight: 1 }] });

interface Answer {
  readonly items: readonly { readonly id: string }[];
  readonly degradations: readonly object[];
}

test('a gateway serves with plugins, and its generation is named after them too', async () => {
  const stages = [score('newest'), { stage: 'custom', use: 'fives' }];
  const plugins = {
    newest: { path: path('good/newest.ts') },
    boost: { path: path('good/boost.js') },
  };
  const house = await openTestGateway({ plugins, works: works(stages) });
  const other = await openTestGateway({ works: works([score('latest')]) });
  const ask = { body: { user: 'u1', n: 3 } };
  const { body } = await call<Answer>(
    createQueryApp(house.gateway),
    'POST /v1/recommend/home',
    ask,
  );
  expect(body.items.map(({ id }) => id)).toEqual(['A0', 'A5', 'A10']);
  expect(body.degradations).toEqual([]);
  expect(
    house
      .facts('plugin.loaded')
      .map(({ plugin }) => plugin)
      .sort(),
  ).toEqual(['boost', 'newest']);
  expect(house.gateway.generation().id).not.toBe(other.gateway.generation().id);
  await Promise.all([house.close(), other.close()]);
});

test('a gateway does not open with a plugin that is not good, and names it', async () => {
  const plugins = { bad: { path: path('bad/number.js') } };
  await expect(openTestGateway({ plugins })).rejects.toMatchObject({
    code: 'SL_PLUGIN_FAILED',
    mistakes: [{ path: 'plugins.bad' }],
  });
});

test('a gateway does not open with works that name what no plugin brings, and names them all', async () => {
  const plugins = { newest: { path: path('good/newest.ts') } };
  const stages = [score('oldest'), { stage: 'custom', use: 'sixes' }];
  await expect(openTestGateway({ plugins, works: works(stages) })).rejects.toMatchObject({
    code: 'SL_CONFIG_INVALID',
    mistakes: [
      { path: 'works.home.stages.2.use.0.algorithm' },
      { path: 'works.home.stages.3.use' },
    ],
  });
});
