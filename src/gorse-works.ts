import type { Mistake } from './domain/errors.ts';

type Names = Readonly<Record<string, unknown>>;

/** The name of what is made where the configuration has none. */
const made = (list: string) => `gorse-${list}`;

/**
 * Fills in who answers the routes of the section `gorse` where it does not say, and adds works over single models for
 * `latest` and `popular`. Takes and answers a configuration as it was read, not checked yet; one without the section
 * stays as it is.
 *
 * @example completeGorse({ gorse: {}, models: {}, works: { home: { surface: 'user' } } }) // gorse: { recommend: 'home', latest: 'gorse-latest', … }
 */
export function completeGorse(input: unknown): unknown {
  if (!isNames(input) || !Object.hasOwn(input, 'gorse')) return input;
  const gorse = input.gorse ?? {};
  const { works = {}, models = {} } = input;
  if (!isNames(gorse) || !isNames(works) || !isNames(models)) return input;
  const latest = firstWith(models, 'kind', 'latest') ?? made('latest');
  const popular = firstWith(models, 'kind', 'popular');
  const popularWork = popular === undefined ? {} : { popular: made('popular') };
  const filled: Names = {
    ...gorse,
    recommend: gorse.recommend ?? firstWith(works, 'surface', 'user'),
    session: gorse.session ?? firstWith(works, 'surface', 'session'),
    latest: gorse.latest ?? made('latest'),
    nonPersonalized: gorse.nonPersonalized ?? popularWork,
    itemToItem: gorse.itemToItem ?? sameNames(allWith(works, 'surface', 'item')),
    userToUser: gorse.userToUser ?? sameNames(allWith(models, 'kind', 'user-knn')),
  };
  const makesPopular = gorse.nonPersonalized === undefined && popular !== undefined;
  return {
    ...input,
    gorse: filled,
    models: {
      ...models,
      ...(gorse.latest === undefined && !(latest in models) && { [latest]: { kind: 'latest' } }),
    },
    works: {
      ...works,
      ...(gorse.latest === undefined && { [made('latest')]: workOver(latest, 'latest') }),
      ...(makesPopular && { [made('popular')]: workOver(popular, 'popular') }),
    },
  };
}

/** A work that serves what one model brings, in its order. */
function workOver(model: string, strategy: string) {
  return {
    surface: 'user',
    strategy,
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: model, limit: 2000 }] },
      { stage: 'features', use: ['user', 'history'] },
      { stage: 'score', use: [{ algorithm: model, weight: 1 }] },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden', 'expired', 'seen', 'excluded', 'category'] },
    ],
  };
}

/** What is wrong where the section `gorse` names works and models that are not declared, or of the wrong kind. */
export function crossCheckGorse(input: unknown): Mistake[] {
  if (!isNames(input) || !isNames(input.gorse)) return [];
  const { gorse, works, models } = input;
  const surfaces = asNames(works);
  const check = (key: string, wanted?: string) => {
    const work = gorse[key];
    return typeof work === 'string'
      ? mistakeAt(`gorse.${key}`, {
          name: work,
          among: surfaces,
          kind: 'work',
          field: 'surface',
          wanted,
        })
      : [];
  };
  const checkEach = (
    key: string,
    among: Names,
    more: { kind: string; field: string; wanted?: string },
  ) =>
    Object.entries(asNames(gorse[key])).flatMap(([list, name]) =>
      typeof name === 'string' ? mistakeAt(`gorse.${key}.${list}`, { name, among, ...more }) : [],
    );
  return [
    ...check('recommend', 'user'),
    ...check('collaborative', 'user'),
    ...check('session', 'session'),
    ...check('latest'),
    ...checkEach('nonPersonalized', surfaces, { kind: 'work', field: 'surface' }),
    ...checkEach('itemToItem', surfaces, { kind: 'work', field: 'surface', wanted: 'item' }),
    ...checkEach('userToUser', asNames(models), {
      kind: 'model',
      field: 'kind',
      wanted: 'user-knn',
    }),
  ];
}

function mistakeAt(path: string, { name, among, kind, field, wanted }: Expected): Mistake[] {
  const declared = among[name];
  if (declared === undefined) {
    const message = `${kind} ${name} is not declared, expected one of ${Object.keys(among).join(', ')}`;
    return [{ path, message }];
  }
  const got = asNames(declared)[field];
  if (wanted === undefined || got === wanted) return [];
  return [{ path, message: `${kind} ${name} has ${field} ${String(got)}, expected ${wanted}` }];
}

interface Expected {
  readonly name: string;
  readonly among: Names;
  readonly kind: string;
  readonly field: string;
  readonly wanted?: string | undefined;
}

const isNames = (value: unknown): value is Names =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const asNames = (value: unknown): Names => (isNames(value) ? value : {});

const allWith = (things: Names, field: string, wanted: string): string[] =>
  Object.keys(things).filter((name) => asNames(things[name])[field] === wanted);
const firstWith = (things: Names, field: string, wanted: string): string | undefined =>
  allWith(things, field, wanted)[0];
const sameNames = (names: readonly string[]): Names =>
  Object.fromEntries(names.map((name) => [name, name]));
