import { expect, test } from 'vitest';
import { algorithmKinds } from '../../src/pipeline/catalogue.ts';
import { builtIn } from '../../src/plugins/built-in.ts';
import { pluginMistakes } from '../../src/plugins/loading/plugin-mistakes.ts';
import { type Trial, tryAlgorithm } from '../../src/plugins/loading/try-algorithm.ts';

const trials = algorithmKinds.flatMap((kind) =>
  Object.entries(builtIn[kind] ?? {}).map(([name, definition]) => ({ kind, name, definition })),
) as readonly Trial[];

test('the built-in plugin has the shape that others must have', () => {
  expect(pluginMistakes(builtIn)).toEqual([]);
  expect(trials.length).toBeGreaterThan(5);
});

test.each(trials)('the built-in $name of $kind passes the trial of plugins', async (trial) => {
  expect(await tryAlgorithm(trial, 1000)).toBeUndefined();
});
