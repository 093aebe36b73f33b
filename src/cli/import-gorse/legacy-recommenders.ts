import { nameOf } from './list-tables.ts';
import type { Alike, Recommenders } from './recommenders.ts';
import { forms, type Settings } from './settings.ts';

const legacyTables = ['offline', 'online', 'popular', 'user_neighbors', 'item_neighbors'];

/** Whether the recommenders are written as Gorse 0.4 has them. */
export function isLegacy(settings: Settings): boolean {
  return (
    legacyTables.some((table) => settings.under(`recommend.${table}.`).length > 0) ||
    settings.under('recommend.collaborative.model_').length > 0
  );
}

/** What Gorse 0.4 calls recommenders, and what they are now. */
const newNames: Readonly<Record<string, string>> = {
  latest: 'latest',
  popular: 'non-personalized/popular',
  collaborative: 'collaborative',
  user_based: 'user-to-user/neighbors',
  item_based: 'item-to-item/neighbors',
};

/** Switches of Gorse 0.4, with its own defaults. */
const switches = {
  enable_latest_recommend: ['latest', false],
  enable_popular_recommend: ['popular', false],
  enable_user_based_recommend: ['user_based', false],
  enable_item_based_recommend: ['item_based', false],
  enable_collaborative_recommend: ['collaborative', true],
} as const;

/** Reads the recommenders as Gorse 0.4 writes them, into what has been read of those of 0.5. */
export function readLegacyRecommenders(settings: Settings, modern: Recommenders): Recommenders {
  const candidates = Object.keys(switches).flatMap((name) => readSwitch(settings, name));
  return {
    ...modern,
    boards: withName(modern.boards, {
      ...{ name: 'popular', score: '', filter: '' },
      windowDays: readWindow(settings),
    }),
    itemToItem: withName(modern.itemToItem, readNeighbours(settings, 'item')),
    userToUser: withName(modern.userToUser, readNeighbours(settings, 'user')),
    collaborative: modern.collaborative || candidates.includes('collaborative'),
    ranker: readClickPrediction(settings) ? 'fm' : modern.ranker,
    candidates: merged(settings, 'recommend.ranker.recommenders', [modern.candidates, candidates]),
    fallback: merged(settings, 'recommend.fallback.recommenders', [
      modern.fallback,
      readFallback(settings),
    ]),
    explored: readExplored(settings),
  };
}

const withName = <Named extends { readonly name: string }>(list: readonly Named[], added: Named) =>
  list.some(({ name }) => name === added.name) ? list : [...list, added];

/** What stands at a key of 0.5 goes before what 0.4 says; where neither names anything, it is the newest items. */
function merged(
  settings: Settings,
  key: string,
  [modern, legacy]: readonly [readonly string[], readonly string[]],
): readonly string[] {
  const all = [...(settings.has(key) ? modern : []), ...legacy];
  return all.length > 0 ? all : modern;
}

function readSwitch(settings: Settings, name: string): string[] {
  const [recommender, byDefault] = switches[name as keyof typeof switches];
  const key = `recommend.offline.${name}`;
  const isOn = settings.read(key, forms.flag) ?? byDefault;
  if (isOn)
    settings.tell(key, 'became', `a retriever of works.recommend: ${newNames[recommender]}`);
  else settings.tell(key, 'same', 'is off');
  return isOn ? [newNames[recommender]] : [];
}

const daySeconds = 86_400;
const usualWindowDays = 180;
const mostWindowDays = 36_500;

function readWindow(settings: Settings): number {
  const key = 'recommend.popular.popular_window';
  const seconds = settings.read(key, forms.seconds) ?? 0;
  const days = seconds > 0 ? Math.min(seconds / daySeconds, mostWindowDays) : usualWindowDays;
  settings.tell(
    key,
    'became',
    'models.popular halfLifeDays, at which events are as old on average',
  );
  return days;
}

const alikeTypes: Readonly<Record<string, string>> = {
  '': 'auto',
  auto: 'auto',
  similar: 'tags',
  related: 'related',
};

function readNeighbours(settings: Settings, of: 'item' | 'user'): Alike {
  const key = `recommend.${of}_neighbors.neighbor_type`;
  const given = settings.read(key, forms.text) ?? 'auto';
  const type = Object.hasOwn(alikeTypes, given) ? alikeTypes[given] : 'auto';
  const together = of === 'item' ? 'users' : 'items';
  settings.tell(key, 'became', `${of}-to-${of} \`neighbors\`, told of below`);
  return { name: 'neighbors', type: type === 'related' ? together : type, column: '' };
}

function readClickPrediction(settings: Settings): boolean {
  const key = 'recommend.offline.enable_click_through_prediction';
  const isOn = settings.read(key, forms.flag) ?? false;
  if (isOn)
    settings.tell(
      key,
      'became',
      'models.ranker, of kind fm: first among the scorers of works.recommend',
    );
  else settings.tell(key, 'same', 'is off');
  return isOn;
}

function readFallback(settings: Settings): string[] {
  const key = 'recommend.online.fallback_recommend';
  const given = settings.read(key, forms.texts) ?? ['latest'];
  if (settings.isOff(key)) settings.tell(key, 'same', 'is empty');
  return given.flatMap((name) => {
    const known = Object.hasOwn(newNames, name) ? newNames[name] : undefined;
    if (known === undefined)
      settings.tell(key, 'none', `${nameOf(name)} is no recommender of Gorse; left out`);
    else
      settings.tell(key, 'became', `a retriever of works.recommend with a small weight: ${known}`);
    return known === undefined ? [] : [known];
  });
}

/** Gorse puts them in at random; here they are scorers with the weight of their share. */
function readExplored(settings: Settings): Record<string, number> {
  const prefix = 'recommend.offline.explore_recommend.';
  return Object.fromEntries(
    settings.under(prefix).flatMap((key) => {
      const name = key.slice(prefix.length);
      const share = settings.read(key, forms.number);
      const known = Object.hasOwn(newNames, name) ? newNames[name] : undefined;
      if (share === undefined || share <= 0 || share > 1 || known === undefined) {
        settings.tell(
          key,
          'none',
          'left out: expected a recommender of Gorse and a share of 0 to 1',
        );
        return [];
      }
      const text = `nothing is put in at random; ${known} is a scorer of works.recommend with the weight ${share}`;
      settings.tell(key, 'became', text);
      return [[known, share]];
    }),
  );
}
