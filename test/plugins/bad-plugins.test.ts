import { expect, test } from 'vitest';
import { openTestShelf, refusal } from './load-plugins.ts';

const limits = { memoryMb: 32 };
const named = (name: string) => ({ [name]: { path: `bad/${name}.js`, limits } });

test('every plugin that cannot be used is refused by name, with what is wrong with it', async () => {
  const { shelf } = openTestShelf();
  const names = [
    'throws-at-import',
    'ends-at-import',
    'grows-at-import',
    'nothing',
    'number',
    'throws-in-create',
    'makes-nothing',
  ];
  const plugins = Object.assign({}, ...names.map(named), { gone: { path: 'bad/gone.js' } });
  const { code, mistakes } = await refusal(shelf, plugins);
  expect(code).toBe('SL_PLUGIN_FAILED');
  expect(mistakes).toEqual([
    'plugins.throws-at-import cannot be imported: no licence found',
    'plugins.ends-at-import ended its thread in its import with exit code 7',
    'plugins.grows-at-import took more than 32 MB in its import',
    'plugins.nothing has no default export, expected a plugin made with definePlugin',
    'plugins.number has a number as default export, expected a plugin made with definePlugin',
    'plugins.throws-in-create scorer wild cannot be made: no weights',
    'plugins.makes-nothing scorer wild has no function score',
    expect.stringMatching(/^plugins.gone cannot be imported: Cannot find module .*gone.js/),
  ]);
});

test('a plugin that loops for ever is ended when its time is over', async () => {
  const { shelf } = openTestShelf();
  const loops = (name: string) => ({ path: `bad/${name}.js`, limits: { loadMs: 1000 } });
  const plugins = { a: loops('loops-at-import'), b: loops('loops-in-call') };
  expect((await refusal(shelf, plugins)).mistakes).toEqual([
    'plugins.a was not done with its import after 1000 ms',
    'plugins.b was not done with a call of scorer wild after 1000 ms',
  ]);
});

test('every mistake in the shape of a plugin is told at once', async () => {
  const { shelf } = openTestShelf();
  const { mistakes } = await refusal(shelf, { m: { path: 'bad/misshapen.js' } });
  expect(mistakes.map((mistake) => mistake.replace('plugins.m ', ''))).toEqual([
    'has the name "Mis Shapen", expected lower-case letters, digits and dashes',
    'brings "colours", expected only retrievers, scorers, rerankers, filters, stages, stores, signals, detectors',
    'has filters that are no map of names',
    'has the scorer "a" without a summary',
    'has the scorer "B C", expected lower-case letters, digits and dashes',
    'has the scorer "c" without create',
    'has the scorer "c" with options that are no Standard Schema',
  ]);
});

test('an algorithm that throws at its first call is refused, of whatever kind it is', async () => {
  const { shelf } = openTestShelf();
  const { mistakes } = await refusal(shelf, named('throws-in-call'));
  expect(mistakes).toEqual(
    ['retriever r', 'scorer s', 'reranker k', 'filter f', 'stage t'].map(
      (what) => `plugins.throws-in-call ${what}: disk on fire`,
    ),
  );
});

test('output against the contract is refused with what is wrong with it', async () => {
  const { shelf } = openTestShelf();
  const { mistakes } = await refusal(shelf, named('breaks-contract'));
  expect(mistakes.map((mistake) => mistake.replace('plugins.breaks-contract ', ''))).toEqual([
    'retriever too-many: brought 6 items, expected 5 at most',
    'retriever out-of-range: brought item 1000000, expected an index from 0 to 11',
    'retriever negative: brought item -1, expected an index from 0 to 11',
    'retriever twice-the-same: brought item 1 twice',
    'scorer not-finite: wrote a score that is not finite',
    'scorer beyond: wrote beyond the 12 rows that it was asked about',
    'scorer wrong-length: changed the number of candidates from 12 to 3',
    'scorer detached: took the memory of the scores away',
    'reranker rows-twice: ordered row 1 twice',
    'reranker no-row: ordered row 5000, expected one from 0 to 11',
    'reranker background: went on in the background, expected to be done at once',
    'filter seven: judged with other numbers than 0 and 1',
    'filter background: went on in the background, expected to be done at once',
    'stage infinite: wrote a score that is not finite',
  ]);
});

test('what cannot run isolated says so', async () => {
  const { shelf } = openTestShelf();
  const plugins = {
    backwards: { path: 'good/backwards.js', isolate: true },
    boost: { path: 'good/boost.js', isolate: true },
  };
  expect((await refusal(shelf, plugins)).mistakes).toEqual([
    'plugins.backwards brings rerankers, which cannot run isolated, expected retrievers and scorers',
    'plugins.boost brings stages, which cannot run isolated, expected retrievers and scorers',
    'plugins.boost brings stores, which cannot run isolated, expected retrievers and scorers',
  ]);
});
