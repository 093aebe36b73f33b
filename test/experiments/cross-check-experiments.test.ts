import { expect, test } from 'vitest';
import { crossCheckExperiments } from '../../src/experiments/cross-check-experiments.ts';

const works = { home: {}, 'home-new': {} };

test('declared works, one experiment each, are right', () => {
  const experiments = {
    one: { work: 'home', treatment: { work: 'home-new' } },
    two: { work: 'home-new', control: { work: 'home' }, treatment: { work: 'home-new' } },
  };
  expect(crossCheckExperiments({ works, experiments })).toEqual([]);
});

test('works that nobody declares are named, each with its path', () => {
  const experiments = { one: { work: 'a', control: { work: 'b' }, treatment: { work: 'c' } } };
  expect(crossCheckExperiments({ works, experiments })).toEqual([
    {
      path: 'experiments.one.work',
      message: 'work a is not declared, expected one of home, home-new',
    },
    {
      path: 'experiments.one.control.work',
      message: 'work b is not declared, expected one of home, home-new',
    },
    {
      path: 'experiments.one.treatment.work',
      message: 'work c is not declared, expected one of home, home-new',
    },
  ]);
});

test('a second experiment on a work is refused', () => {
  const arms = { work: 'home', treatment: { work: 'home-new' } };
  expect(crossCheckExperiments({ works, experiments: { one: arms, two: arms } })).toEqual([
    {
      path: 'experiments.two.work',
      message: 'work home has the experiment one, expected one at most',
    },
  ]);
});

test('an allow list that the provider will not read is refused', () => {
  const one = { work: 'home', treatment: { work: 'home-new', allow: ['a'] } };
  const at = (flags: unknown) => crossCheckExperiments({ works, experiments: { one }, flags });
  expect(at(undefined)).toEqual([]);
  expect(at({ provider: 'builtin' })).toEqual([]);
  expect(at({ provider: 'module', module: 'x' })).toEqual([
    {
      path: 'experiments.one.treatment.allow',
      message: 'is read by the built-in provider alone, expected the list at your provider',
    },
  ]);
});

test('input that is no configuration at all has no mistakes of this kind', () => {
  const inputs = [undefined, null, 5, {}, { experiments: 5 }, { experiments: { a: null, b: 'x' } }];
  expect(inputs.flatMap(crossCheckExperiments)).toEqual([]);
});
