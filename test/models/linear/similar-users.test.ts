import { expect, test } from 'vitest';
import { userKnn } from '../../../src/models/linear/user-knn.ts';
import { PayloadWriter } from '../../../src/models/payload.ts';
import { createInteractionBuilder } from '../../../src/training/dataset/dataset.ts';
import { learn, queryAfter } from '../ask.ts';
import { sessionsOf, tableOf } from '../tiny-sessions.ts';

const table = tableOf('abcdef');
function had(events: Readonly<Record<string, string>>, anonymous = '') {
  const builder = createInteractionBuilder();
  for (const [user, items] of Object.entries(events))
    for (const item of items) builder.add({ item, user, atMs: 1 });
  for (const item of anonymous) builder.add({ item, session: 'nobody', atMs: 1 });
  return builder.build();
}
const users = () => had({ ada: 'ab', ben: 'abc', cai: 'cd', dee: 'ef' }, 'ab');
const open = (interactions = users(), options = {}) =>
  learn(userKnn, interactions, table, { shrink: 0, ...options });
const asks = (user: string | undefined, clicks = '') =>
  queryAfter(table, clicks, { anchor: -1, user });

test('users are alike by the cosine of what they had, the most alike first, without the one who asks', () => {
  const similar = open().similarUsers!(asks('ada', 'ab'), 10);
  expect(similar).toEqual([{ id: 'ben', score: expect.closeTo(2 / Math.sqrt(2 * 3), 5) }]);
  expect(open().similarUsers!(asks('ben', 'abc'), 10).map(({ id }) => id)).toEqual(['ada', 'cai']);
  expect(open().similarUsers!(asks('ben', 'abc'), 1).map(({ id }) => id)).toEqual(['ada']);
});

test('without a history of the query what was learnt of the user counts', () => {
  expect(open().similarUsers!(asks('ada'), 10)).toEqual(
    open().similarUsers!(asks('ada', 'ab'), 10),
  );
});

test('a user the model does not know is compared by what they have now', () => {
  expect(open().similarUsers!(asks('new', 'ef'), 10)).toEqual([{ id: 'dee', score: 1 }]);
  expect(open().similarUsers!(asks(undefined, 'ef'), 10)).toEqual([{ id: 'dee', score: 1 }]);
});

test('nobody is like a user without history', () => {
  expect(open().similarUsers!(asks('new'), 10)).toEqual([]);
  expect(open().similarUsers!(asks(undefined), 10)).toEqual([]);
  expect(open(sessionsOf()).similarUsers!(asks('ada', 'ab'), 10)).toEqual([]);
});

test('sessions of nobody known do not take the places of users', () => {
  const crowd = sessionsOf(...Array.from({ length: 30 }, () => 'ab'));
  expect(open(crowd, { neighbours: 3 }).similarUsers!(asks('x', 'ab'), 5)).toEqual([]);
  const model = open(users(), { neighbours: 1 });
  expect(model.similarUsers!(asks('new', 'ab'), 5).map(({ id }) => id)).toEqual(['ada', 'ben']);
});

test('a payload written before users were kept still serves, and knows no users', () => {
  const { users: _, ...options } = { ...userKnn.defaults, users: true };
  const bytes = new PayloadWriter()
    .json(['a', 'b'])
    .json(options)
    .count(1)
    .array(Uint32Array.of(0, 2))
    .array(Uint32Array.of(0, 1))
    .array(Float32Array.of(1, 1))
    .bytes();
  const model = userKnn.load(bytes, { kind: 'user-knn', version: '', trainedAtMs: 0 }, table);
  const scores = new Float32Array(1);
  model.score(asks('ada', 'a'), Int32Array.of(1), 1, scores);
  expect(scores[0]).toBeGreaterThan(0);
  expect(model.similarUsers!(asks('ada', 'a'), 5)).toEqual([]);
});

test('with a prefix only users whose ids begin with it count, however many others are as alike', () => {
  const crowd = Object.fromEntries(Array.from({ length: 50 }, (_, k) => [`big:${k}`, 'ab']));
  const model = open(had({ ...crowd, 'small:ada': 'ab', 'small:ben': 'abc' }));
  const found = model.similarUsers!(asks('small:ada', 'ab'), 1, 'small:');
  expect(found.map(({ id }) => id)).toEqual(['small:ben']);
  expect(model.similarUsers!(asks('small:ada', 'ab'), 5, 'nobody:')).toEqual([]);
});
