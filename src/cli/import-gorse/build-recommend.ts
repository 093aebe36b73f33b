import type { Lists } from './build-lists.ts';
import { nameOf } from './list-tables.ts';
import type { Recommenders } from './recommenders.ts';
import type { Settings } from './settings.ts';
import { draftWork, evenly, maxAlgorithms, type Weighted } from './work-draft.ts';

/** How much the scores of retrievers count beside those of the ranker. */
const besideRanker = 0.2;
/** The first of the fallback counts so much, each further one a tenth of it. */
const firstFallback = 0.01;
const leastWeight = 1e-6;

/** Adds what blends the lists: the work behind `/api/recommend`, and the one for sessions. */
export function addBlends(
  recommenders: Recommenders,
  lists: Lists,
  { settings, limit }: { settings: Settings; limit: number },
): void {
  if (recommenders.ranker === 'fm') lists.models.ranker = { kind: 'fm' };
  const scorers = blend(recommenders, { lists, settings });
  lists.works.recommend = draftWork({
    surface: 'user',
    strategy: 'recommend',
    retrievers: scorers.map(({ algorithm }) => algorithm).filter((name) => name !== 'ranker'),
    limit,
    scorers,
    replacement: recommenders.replacement,
  });
  const [first] = recommenders.itemToItem;
  const used = first === undefined ? undefined : lists.sources.get(`item-to-item/${first.name}`);
  if (used === undefined) return;
  lists.works.session = draftWork({
    surface: 'session',
    strategy: 'session',
    retrievers: used,
    limit,
    scorers: evenly(used),
  });
}

/** The scorers of the work: ranker, recommenders, what was explored, and the fallback, none of them twice. */
function blend(
  { ranker, candidates, fallback, explored }: Recommenders,
  { lists, settings }: { lists: Lists; settings: Settings },
): Weighted[] {
  const find = (key: string, names: readonly string[]) =>
    names.map((name) => sourcesOf(name, { key, lists, settings }));
  const weight = ranker === 'fm' ? besideRanker : 1;
  const all: Weighted[] = [
    ...(ranker === 'fm' ? [{ algorithm: 'ranker', weight: 1 }] : []),
    ...weigh(find('recommend.ranker.recommenders', candidates), () => weight),
    ...Object.entries(explored).flatMap(([name, share]) =>
      weigh(find('recommend.offline.explore_recommend', [name]), () => share),
    ),
    ...weigh(find('recommend.fallback.recommenders', fallback), (n) =>
      Math.max(leastWeight, Number((firstFallback * 10 ** -n).toPrecision(1))),
    ),
  ];
  const once = all.filter(
    ({ algorithm }, a) => all.findIndex((other) => other.algorithm === algorithm) === a,
  );
  const isLonely = once.every(({ algorithm }) => algorithm === 'ranker');
  if (isLonely) tellLatest(settings);
  if (once.length > maxAlgorithms)
    tellTooMany(
      settings,
      once.slice(maxAlgorithms).map(({ algorithm }) => algorithm),
    );
  return [...once, ...(isLonely ? evenly(['latest']) : [])].slice(0, maxAlgorithms);
}

const weigh = (
  groups: readonly (readonly string[])[],
  weightOf: (group: number) => number,
): Weighted[] =>
  groups.flatMap((group, g) =>
    // A recommender that became two models counts no more than one.
    group.map((algorithm) => ({ algorithm, weight: weightOf(g) / group.length })),
  );

function sourcesOf(
  name: string,
  { key, lists, settings }: { key: string; lists: Lists; settings: Settings },
): readonly string[] {
  const found = lists.sources.get(name);
  const small = key.includes('fallback') ? ' with a small weight unless it has a larger one' : '';
  if (found === undefined)
    settings.tell(key, 'none', `${nameOf(name)}: there is no such recommender here; left out`);
  else
    settings.tell(
      key,
      'became',
      `${nameOf(name)}: works.recommend, ${found.join(' and ')}${small}`,
    );
  return found ?? [];
}

const key = 'recommend.ranker.recommenders';

const tellLatest = (settings: Settings) =>
  settings.tell(key, 'became', 'works.recommend has latest alone, as none of them is left');

const tellTooMany = (settings: Settings, names: readonly string[]) =>
  settings.tell(key, 'none', `works.recommend is full without ${names.join(', ')}`);
