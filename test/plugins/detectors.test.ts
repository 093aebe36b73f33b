import { expect, test } from 'vitest';
import { openTestShelf, pluginsOf, refusal } from './load-plugins.ts';

test('every detector that answers what it may not is refused by name', async () => {
  const { shelf } = openTestShelf();
  const { mistakes } = await refusal(shelf, { d: { path: 'bad/detectors.js' } });
  expect(mistakes.map((mistake) => mistake.replace('plugins.d detector ', ''))).toEqual([
    'throws: disk on fire',
    'no-function: was made as no function',
    'no-verdict: answered no isAnomalous, expected true or false',
    'background: answered no isAnomalous, expected true or false',
    'not-a-number: answered NaN as expected, expected a finite number',
  ]);
});

test('a detector that loops for ever is ended when its time is over', async () => {
  const { shelf } = openTestShelf();
  const plugins = { d: { path: 'bad/detector-loops.js', limits: { loadMs: 1000 } } };
  expect((await refusal(shelf, plugins)).mistakes).toEqual([
    'plugins.d was not done with a call of detector ahead after 1000 ms',
  ]);
});

test('a configuration that uses a detector wrongly is refused', async () => {
  const { shelf } = openTestShelf();
  const path = 'good/limit.js';
  const series = ['requests'];
  const { mistakes } = await refusal(shelf, {
    unknown: { path, detectors: { limits: { series } } },
    options: { path, detectors: { limit: { series, options: { atMost: 'x' } } } },
  });
  expect(mistakes).toEqual([
    'plugins.unknown brings no detector limits, which the configuration uses',
    'plugins.options detector limit: options.atMost must be a number',
  ]);
});

test('two detectors of plugins cannot judge one series', async () => {
  const { shelf } = openTestShelf();
  const detectors = (name: string) => ({ [name]: { series: ['requests', 'clicks'] } });
  const { code, mistakes } = await refusal(shelf, {
    a: { path: 'good/limit.js', detectors: detectors('limit') },
    b: { path: 'bad/later-detectors.js', detectors: detectors('nan') },
  });
  expect(code).toBe('SL_CONFIG_INVALID');
  expect(mistakes).toEqual([
    'plugins.b judges requests by detector nan, which limit of plugin a does already',
    'plugins.b judges clicks by detector nan, which limit of plugin a does already',
  ]);
});

test('detectors that are used are parts to run, with their series and options', async () => {
  const { shelf } = openTestShelf();
  const detectors = { limit: { series: ['requests'], options: { atMost: 3 } } };
  const { parts, release } = await shelf.load(
    pluginsOf({ l: { path: 'good/limit.js', detectors } }),
  );
  expect(parts).toMatchObject([
    { kind: 'detectors', name: 'limit', series: ['requests'], options: { atMost: 3 } },
  ]);
  await release();
});
