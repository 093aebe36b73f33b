import { expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { completeGorse } from '../src/gorse-works.ts';

const shop = `
models: { popular: { kind: popular }, users: { kind: user-knn } }
works:
  home: { surface: user, strategy: s, stages: [{ stage: intent }, { stage: retrieve, use: [{ algorithm: popular }] }, { stage: score, use: [{ algorithm: popular, weight: 1 }] }, { stage: rerank }, { stage: filter, use: [hidden] }] }
`;

test('a section `gorse` without more serves what the works can answer, and makes works for lists', () => {
  const { gorse, works, models } = parseConfig(`${shop}gorse: {}`, {});
  expect(gorse).toMatchObject({
    ...{ recommend: 'home', latest: 'gorse-latest', nonPersonalized: { popular: 'gorse-popular' } },
    ...{ itemToItem: {}, userToUser: { users: 'users' }, admin: false },
  });
  expect(Object.keys(works)).toEqual(['home', 'gorse-latest', 'gorse-popular']);
  expect(models['gorse-latest'].kind).toBe('latest');
});

test('what the section names stays, and nothing is made beside it', () => {
  const { works, models } = parseConfig(
    `${shop}gorse: { latest: home, nonPersonalized: { hot: home } }`,
    {},
  );
  expect(Object.keys(works)).toEqual(['home']);
  expect(Object.keys(models)).toEqual(['popular', 'users']);
});

test('a configuration without the section stays as it is', () => {
  for (const input of [{ works: {} }, null, 'text', { gorse: 5, works: {} }])
    expect(completeGorse(input)).toBe(input);
});

test.each([
  ['recommend: nowhere', 'gorse.recommend: work nowhere is not declared, expected one of home'],
  ['session: home', 'gorse.session: work home has surface user, expected session'],
  ['itemToItem: { alike: home }', 'gorse.itemToItem.alike: work home has surface user'],
  ['userToUser: { near: popular }', 'gorse.userToUser.near: model popular has kind popular'],
  ['nonPersonalized: { "a/b": home }', 'gorse.nonPersonalized.a/b: Invalid key'],
])('`%s` is refused with what is wrong', (line, message) => {
  expect(() => parseConfig(`${shop}gorse: { ${line} }`, {})).toThrow(message);
});
