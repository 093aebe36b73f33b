import { expect, test } from 'vitest';
import { featureSchema } from '../../../src/pipeline/features/feature-schema.ts';
import { parseKeyTemplate } from '../../../src/pipeline/features/key-template.ts';

test('a template is text with placeholders, and braces around one are text', () => {
  expect(parseKeyTemplate('item:{item}')).toEqual({ texts: ['item:', ''], parts: ['item'] });
  expect(parseKeyTemplate('{{user}}.{catalog}.x')).toEqual({
    texts: ['{', '}.', '.x'],
    parts: ['user', 'catalog'],
  });
});

const declare = (changes: object) =>
  featureSchema.safeParse({ feature: 'price', store: 'redis', key: 'item:{item}', ...changes });

test('a feature needs a name, a store and a key, and is one of every candidate', () => {
  expect(declare({}).data).toEqual({
    ...{ feature: 'price', store: 'redis', key: 'item:{item}', of: 'candidates' },
  });
});

test.each([
  ['an unknown placeholder', { key: 'item:{sku}' }, /key template has \{sku\}, expected \{item\}/],
  ['an empty placeholder', { key: '{}{item}' }, /has \{\}/],
  ['no placeholder', { key: 'item' }, /has no placeholder/],
  ['a name of every object', { key: '{constructor}' }, /has \{constructor\}/],
  ['candidates without an item', { key: '{user}' }, /must contain \{item\}/],
  ['an anchor without an item', { key: '{user}', of: 'anchor' }, /must contain \{item\}/],
  ['a user without a user', { key: '{session}', of: 'user' }, /must contain \{user\}/],
  ['a session with an item', { key: '{session}{item}', of: 'session' }, /has \{item\}, but/],
  ['a key that is too long', { key: `${'x'.repeat(195)}{item}` }, /200/],
  ['a store that is no name', { store: 'Redis 1' }, /lower-case/],
  ['no time at all', { timeoutMs: 0 }, />0/],
  ['a share above one', { minCoverage: 1.1 }, /<=1/],
  ['a key that it does not know', { colour: 'red' }, /colour/],
])('a feature with %s is refused', (_, changes, message) => {
  expect(declare(changes).error?.message).toMatch(message);
});
