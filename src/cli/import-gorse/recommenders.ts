import { listTables, nameOf, type Row } from './list-tables.ts';
import { forms, type Settings } from './settings.ts';

/** A list of items that is the same for everybody. */
export interface Board {
  readonly name: string;
  readonly score: string;
  readonly filter: string;
  /** Days of the popularity of Gorse 0.4, which has no expressions. */
  readonly windowDays?: number | undefined;
}

/** A recommender over items or users that are alike. */
export interface Alike {
  readonly name: string;
  readonly type: string;
  /** Where labels stand, as an expression of Gorse. */
  readonly column: string;
}

/** What a Gorse recommends by; recommenders have the names that Gorse gives them, such as `item-to-item/neighbors`. */
export interface Recommenders {
  readonly boards: readonly Board[];
  readonly itemToItem: readonly Alike[];
  readonly userToUser: readonly Alike[];
  readonly collaborative: boolean;
  readonly ranker: 'none' | 'fm';
  /** What candidates come from. */
  readonly candidates: readonly string[];
  /** What fills up a list that is too short, the first one first. */
  readonly fallback: readonly string[];
  /** Shares of lists that Gorse 0.4 fills at random, by recommender. */
  readonly explored: Readonly<Record<string, number>>;
  /** Present where seen items come back. */
  readonly replacement?: { readonly positiveDecay: number; readonly readDecay: number } | undefined;
}

const columnFields = ['name', 'type', 'column'];

/** Reads the recommenders as Gorse 0.5 writes them, with Gorse's defaults for what is not there. */
export function readRecommenders(settings: Settings): Recommenders {
  const { read } = settings;
  readExternal(settings);
  return {
    boards: listTables(settings, 'recommend.non-personalized', ['name', 'score', 'filter']).map(
      ({ name, score, filter }) => ({ name, score, filter }),
    ),
    itemToItem: listTables(settings, 'recommend.item-to-item', [...columnFields, 'prompt']).map(
      toAlike,
    ),
    userToUser: listTables(settings, 'recommend.user-to-user', columnFields).map(toAlike),
    collaborative: read('recommend.collaborative.type', forms.text) === 'mf',
    ranker: readRanker(settings),
    candidates: readNames(settings, 'recommend.ranker.recommenders') ?? ['latest'],
    fallback: readNames(settings, 'recommend.fallback.recommenders') ?? [],
    explored: {},
    replacement: readReplacement(settings),
  };
}

const toAlike = ({ name, type, column }: Row): Alike => ({ name, type, column });

function readNames(settings: Settings, key: string): readonly string[] | undefined {
  if (settings.isOff(key)) settings.tell(key, 'same', 'is empty');
  return settings.read(key, forms.texts);
}

function readExternal(settings: Settings): void {
  const key = 'recommend.external';
  for (const { name } of listTables(settings, key, ['name', 'script'])) {
    const advice = 'scripts are not run; write a retriever in a plugin (docs/plugins.md)';
    settings.tell(key, 'none', `${nameOf(name)}: ${advice}`);
  }
}

function readRanker(settings: Settings): 'none' | 'fm' {
  const key = 'recommend.ranker.type';
  const type = settings.read(key, forms.text);
  if (type === 'fm') {
    settings.tell(
      key,
      'became',
      'models.ranker, of kind fm: first among the scorers of works.recommend',
    );
    return 'fm';
  }
  if (type === 'llm') {
    const advice = 'no large language model ranks; write a scorer in a plugin (docs/plugins.md)';
    settings.tell(key, 'none', `${advice}; until then the scores of the recommenders rank`);
  } else if (type === 'none') {
    settings.tell(key, 'became', 'works.recommend ranks by the scores of its recommenders');
  } else if (type !== undefined) {
    settings.tell(key, 'none', `${nameOf(type)} is no ranker of Gorse; the recommenders rank`);
  }
  return 'none';
}

const decays = ['positive', 'read'] as const;

function readReplacement(settings: Settings): Recommenders['replacement'] {
  const key = 'recommend.replacement.enable_replacement';
  const isOn = settings.read(key, forms.flag) ?? false;
  const [positiveDecay, readDecay] = decays.map((of) => readDecayOf(settings, of, isOn));
  settings.tell(
    key,
    isOn ? 'became' : 'same',
    isOn
      ? 'stage `replacement` of works.recommend, and no filter `seen`'
      : 'seen items do not come back: filter `seen` of works.recommend',
  );
  return isOn ? { positiveDecay, readDecay } : undefined;
}

const usual = { positive: 0.8, read: 0.6 } as const;

function readDecayOf(settings: Settings, of: 'positive' | 'read', isOn: boolean): number {
  const key = `recommend.replacement.${of}_replacement_decay`;
  const given = settings.read(key, forms.number) ?? usual[of];
  const decay = given > 0 && given <= 1 ? given : usual[of];
  const option = `${of}Decay of the stage \`replacement\``;
  if (!isOn) settings.tell(key, 'same', 'has no effect, as nothing is replaced');
  else if (decay === given) settings.tell(key, 'became', `${option}: ${decay}`);
  else settings.tell(key, 'became', `${option}: ${decay}, as ours goes up to 1`);
  return decay;
}
