import { expect, test } from 'vitest';
import { crossCheckShadows } from '../../src/pipeline/shadow-schema.ts';
import { workSchema } from '../../src/pipeline/work-schema.ts';

/** Works by the name of their shadow, if they have one. */
const withShadows = (shadows: Readonly<Record<string, string | undefined>>) => ({
  works: Object.fromEntries(
    Object.entries(shadows).map(([name, work]) => [
      name,
      work === undefined ? {} : { shadow: { work } },
    ]),
  ),
});

test('a shadow gets one request in a hundred unless it is said', () => {
  const { shadow } = workSchema.shape;
  expect(shadow.parse({ work: 'next' })).toEqual({ work: 'next', rate: 0.01 });
  expect(shadow.parse(undefined)).toBeUndefined();
});

test.each([
  { work: 'next', rate: 1.1 },
  { work: 'next', rate: -1 },
  { rate: 1 },
  { work: 1 },
  'next',
])('%j is no shadow', (input) => {
  expect(workSchema.shape.shadow.safeParse(input).success).toBe(false);
});

test('works without shadows, and shadows that have a shadow of their own, are right', () => {
  expect(crossCheckShadows(withShadows({ home: undefined }))).toEqual([]);
  expect(crossCheckShadows(withShadows({ home: 'a', a: 'b', b: undefined }))).toEqual([]);
});

test('a shadow that nobody declared is told which works there are', () => {
  expect(crossCheckShadows(withShadows({ home: 'next', session: undefined }))).toEqual([
    {
      path: 'works.home.shadow.work',
      message: 'work next is not declared, expected one of home, session',
    },
  ]);
  const [inherited] = crossCheckShadows(withShadows({ home: 'toString' }));
  expect(inherited.message).toContain('work toString is not declared');
});

test('a work cannot be its own shadow', () => {
  expect(crossCheckShadows(withShadows({ home: 'home' }))).toEqual([
    {
      path: 'works.home.shadow.work',
      message: 'work home is its own shadow, expected another work',
    },
  ]);
});

test('works that shadow each other are all named, and those that lead into the circle are not', () => {
  const mistakes = crossCheckShadows(withShadows({ home: 'a', a: 'b', b: 'a' }));
  expect(mistakes).toEqual([
    {
      path: 'works.a.shadow.work',
      message: 'shadows go in a circle: a, b, a; expected one of them without a shadow',
    },
    {
      path: 'works.b.shadow.work',
      message: 'shadows go in a circle: b, a, b; expected one of them without a shadow',
    },
  ]);
});

test.each([
  null,
  7,
  { works: null },
  { works: [{ shadow: 3 }] },
  { works: { a: { shadow: null } } },
])('input %j that is no configuration has no mistakes of this kind', (input) => {
  expect(crossCheckShadows(input)).toEqual([]);
});
