import { expect, test } from 'vitest';
import { openTestShelf, pluginsOf, refusal } from './load-plugins.ts';

test('every signal that reports what it may not is refused by name', async () => {
  const { shelf } = openTestShelf();
  const { mistakes } = await refusal(shelf, { s: { path: 'bad/signals.js' } });
  expect(mistakes.map((mistake) => mistake.replace('plugins.s signal ', ''))).toEqual([
    'throws-in-see: disk on fire',
    'throws-in-report: a text',
    'no-see: has no function see',
    'no-list: reported number, expected a list',
    'background: went on in the background, expected to be done at once',
    'too-many: reported 101 readings, expected 100 at most',
    'not-a-number: reported "NaN" as m, expected a finite number or null',
    'an-id: reported m of a segment that no event carried',
    'own-label: reported m with label "colour", expected work, strategy, segment, catalog',
    'bad-measure: reported the measure "Mean Seconds", expected snake case of 40 at most',
    'twice: reported a measure with equal labels twice',
  ]);
});

test('a signal that loops for ever is ended when its time is over', async () => {
  const { shelf } = openTestShelf();
  const plugins = { s: { path: 'bad/signal-loops.js', limits: { loadMs: 1000 } } };
  expect((await refusal(shelf, plugins)).mistakes).toEqual([
    'plugins.s was not done with a call of signal ahead after 1000 ms',
  ]);
});

test('a configuration that uses a signal wrongly is refused', async () => {
  const { shelf } = openTestShelf();
  const path = 'good/dwell.ts';
  const { mistakes } = await refusal(shelf, {
    unknown: { path, signals: { dwel: {} } },
    options: { path, signals: { dwell: { type: 7 } } },
    isolated: { path, signals: { dwell: {} }, isolate: true },
  });
  expect(mistakes).toEqual([
    'plugins.unknown brings no signal dwel, which the configuration uses',
    'plugins.options signal dwell: options.type must be a text',
    'plugins.isolated brings signals, which cannot run isolated, expected retrievers and scorers',
  ]);
});

test('two plugins cannot bring a signal of one name, nor one that Sightline has', async () => {
  const { shelf } = openTestShelf();
  const path = 'good/dwell.ts';
  const { code, mistakes } = await refusal(shelf, {
    a: { path },
    b: { path },
    c: { path: 'bad/signal-drift.js' },
  });
  expect(code).toBe('SL_CONFIG_INVALID');
  expect(mistakes).toEqual([
    'plugins.b brings dwell of signals, which a has already',
    'plugins.c brings drift of signals, which sightline has already',
  ]);
});

test('only signals that the configuration uses are parts to run, with its options', async () => {
  const { shelf } = openTestShelf();
  const path = 'good/dwell.ts';
  const unused = await shelf.load(pluginsOf({ dwell: { path } }));
  const used = await shelf.load(pluginsOf({ dwell: { path, signals: { dwell: { type: 'x' } } } }));
  expect(unused.parts).toEqual([]);
  expect(used.parts).toMatchObject([{ kind: 'signals', name: 'dwell', options: { type: 'x' } }]);
  await Promise.all([unused.release(), used.release()]);
});
