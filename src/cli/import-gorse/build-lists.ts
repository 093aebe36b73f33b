import { SightlineError } from '../../domain/errors.ts';
import { modelKinds } from '../../models/index.ts';
import { convertItemToItem, convertUserToUser, type ModelDraft } from './convert-alike.ts';
import { nameOf } from './list-tables.ts';
import { createNames } from './names.ts';
import { printable } from './printable.ts';
import type { Alike, Board, Recommenders } from './recommenders.ts';
import type { Settings, Verdict } from './settings.ts';
import { draftWork, evenly } from './work-draft.ts';

/** The models, the works over one recommender each, and who answers which list. */
export interface Lists {
  readonly models: Record<string, ModelDraft>;
  readonly works: Record<string, Readonly<Record<string, unknown>>>;
  /** The models behind a recommender, by the name that Gorse gives it. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly nonPersonalized: Record<string, string>;
  readonly itemToItem: Record<string, string>;
  readonly userToUser: Record<string, string>;
}

/** What is put together, with what hands out names and hears findings. */
interface Builder extends Lists {
  readonly sources: Map<string, readonly string[]>;
  readonly settings: Settings;
  readonly limit: number;
  readonly nameFor: (prefix: string, text?: string) => string;
}

/** Makes models and works of all recommenders; each retriever brings `limit` candidates. */
export function buildLists(recommenders: Recommenders, settings: Settings, limit: number): Lists {
  const builder: Builder = {
    models: { latest: { kind: 'latest' }, popular: { kind: 'popular' } },
    works: { latest: listWork('latest', limit), popular: listWork('popular', limit) },
    sources: new Map([['latest', ['latest']]]),
    nonPersonalized: {},
    itemToItem: {},
    userToUser: {},
    settings,
    limit,
    nameFor: createNames(),
  };
  if (recommenders.collaborative) addCollaborative(builder);
  for (const board of recommenders.boards) addBoard(builder, board);
  // Clients of Gorse 0.4 ask for it by name.
  builder.nonPersonalized.popular ??= 'popular';
  for (const alike of recommenders.itemToItem) addItemToItem(builder, alike);
  for (const alike of recommenders.userToUser) addUserToUser(builder, alike);
  return builder;
}

const listWork = (model: string, limit: number) =>
  draftWork({
    surface: 'user',
    strategy: model,
    retrievers: [model],
    limit,
    scorers: evenly([model]),
  });

function addCollaborative({ models, works, sources, limit }: Builder): void {
  models.collaborative = { kind: 'ials' };
  works.collaborative = listWork('collaborative', limit);
  sources.set('collaborative', ['collaborative']);
}

/** Days after which an event counts half, so that events are as old on average as in a window. */
const halfLifeOf = (windowDays: number) => Math.max(0.01, Math.round(34.66 * windowDays) / 100);

/** Items on a board that says nothing of its size. */
const usualSize = 100;

function addBoard(builder: Builder, { name, score, filter, windowDays }: Board): void {
  const { models, works, sources, nonPersonalized, settings } = builder;
  const full = `non-personalized/${name}`;
  if (windowDays !== undefined) {
    models.popular = { kind: 'popular', options: { halfLifeDays: halfLifeOf(windowDays) } };
    sources.set(full, ['popular']);
    return;
  }
  const key = 'recommend.non-personalized';
  const options = {
    ...{ score, ...(filter !== '' && { filter }) },
    ...(builder.limit > usualSize && { size: builder.limit }),
  };
  const draft = { kind: 'board', options };
  const refusal = refusalOf(draft);
  if (refusal !== undefined) {
    settings.tell(key, 'none', `${nameOf(name)} is left out: ${refusal}`);
    return;
  }
  const model = builder.nameFor('board', name);
  models[model] = draft;
  works[model] = listWork(model, builder.limit);
  sources.set(full, [model]);
  const list = listName(builder, { key, name, work: model, taken: nonPersonalized });
  nonPersonalized[list] = model;
  settings.tell(
    key,
    'became',
    `${nameOf(name)}: gorse.nonPersonalized.${list}, work and model ${model}`,
  );
}

/** What the kind of a model has against its options; undefined where nothing, or where nobody knows the kind. */
function refusalOf({ kind, options }: ModelDraft): string | undefined {
  try {
    if (Object.hasOwn(modelKinds, kind)) modelKinds[kind].parseOptions(options);
    return undefined;
  } catch (error) {
    if (error instanceof SightlineError) return printable(error.message, 200);
    throw error;
  }
}

function addItemToItem(builder: Builder, alike: Alike): void {
  const { models, works, sources, itemToItem, settings, limit } = builder;
  const key = 'recommend.item-to-item';
  const { name } = alike;
  const converted = convertItemToItem(alike);
  const work = builder.nameFor('item-to-item', name);
  const used = converted.models.map((model, m) => {
    const modelName = m === 0 ? work : builder.nameFor('item-to-item', `${name}-${model.kind}`);
    models[modelName] = model;
    return modelName;
  });
  works[work] = draftWork({
    surface: 'item',
    strategy: work,
    retrievers: used,
    limit,
    scorers: evenly(used),
  });
  sources.set(`item-to-item/${name}`, used);
  const list = listName(builder, { key, name, work, taken: itemToItem });
  itemToItem[list] = work;
  const text = `${nameOf(name)}: gorse.itemToItem.${list}, work ${work} (${converted.text})`;
  tellOf(settings, { key, legacy: 'recommend.item_neighbors.neighbor_type' }, [
    converted.verdict,
    text,
  ]);
}

function addUserToUser(builder: Builder, alike: Alike): void {
  const { models, sources, userToUser, settings } = builder;
  const key = 'recommend.user-to-user';
  const { name } = alike;
  const converted = convertUserToUser(alike);
  const model = builder.nameFor('user-to-user', name);
  models[model] = converted.models[0];
  sources.set(`user-to-user/${name}`, [model]);
  const list = listName(builder, { key, name, work: model, taken: userToUser });
  userToUser[list] = model;
  const text = `${nameOf(name)}: gorse.userToUser.${list}, model ${model} (${converted.text})`;
  tellOf(settings, { key, legacy: 'recommend.user_neighbors.neighbor_type' }, [
    converted.verdict,
    text,
  ]);
}

/** Tells of a recommender at the key that it stands at; one of Gorse 0.4 may stand nowhere. */
function tellOf(
  settings: Settings,
  { key, legacy }: { key: string; legacy: string },
  [verdict, text]: readonly [Verdict, string],
): void {
  if (settings.has(key)) settings.tell(key, verdict, text);
  else if (settings.has(legacy)) settings.tell(legacy, verdict, text);
  else settings.add({ key: legacy, verdict, text });
}

interface ListNaming {
  readonly key: string;
  /** What Gorse calls it. */
  readonly name: string;
  /** What is called so here: unique, and fit for a path. */
  readonly work: string;
  readonly taken: Readonly<Record<string, string>>;
}

/** The name of a list in the paths of the API: that of Gorse, where ours can carry it. */
function listName({ settings }: Builder, { key, name, work, taken }: ListNaming): string {
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name) && !Object.hasOwn(taken, name)) return name;
  const list = Object.hasOwn(taken, work) ? `${work}-list` : work;
  settings.tell(key, 'none', `${nameOf(name)} cannot stand in a path; clients ask for ${list}`);
  return list;
}
