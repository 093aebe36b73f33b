import { expect, test } from 'vitest';
import { popular } from '../../../src/models/popular.ts';
import { probeModel } from '../../../src/training/schedule/probe-model.ts';
import { sessionsOf, tableOf } from '../../models/tiny-sessions.ts';

const sessions = sessionsOf('ab', 'bc', 'c');
const table = tableOf('abcd');
const load = () =>
  popular.load(
    popular.fit(sessions, popular.defaults, () => {}),
    { kind: 'popular', version: '', trainedAtMs: 0 },
    table,
  );

test('coverage is the share of items in any answer, and time is the median', () => {
  let ms = 0;
  const now = () => {
    ms += 2;
    return ms;
  };
  expect(probeModel(load(), sessions, table, { now })).toEqual({
    ...{ isSound: true, coverage: 0.75, queryMs: 2 },
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('a score of %d is not sound', (bad) => {
  const model = load();
  const scoring = {
    ...model,
    score: (...asked: Parameters<typeof model.score>) => {
      model.score(...asked);
      asked[3][1] = bad;
    },
  };
  expect(probeModel(scoring, sessions, table).isSound).toBe(false);
  const retrieving = {
    ...model,
    retrieve: (...asked: Parameters<typeof model.retrieve>) => {
      model.retrieve(...asked);
      asked[2].scores[0] = bad;
    },
  };
  expect(probeModel(retrieving, sessions, table).isSound).toBe(false);
});

test('an item that does not exist is not sound', () => {
  const model = load();
  const wild = {
    ...model,
    retrieve: (...asked: Parameters<typeof model.retrieve>) => {
      model.retrieve(...asked);
      asked[2].items[0] = 99;
    },
  };
  expect(probeModel(wild, sessions, table).isSound).toBe(false);
});

test('without sessions a model is asked once', () => {
  expect(probeModel(load(), sessionsOf(), table).isSound).toBe(true);
});
