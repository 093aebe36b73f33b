import { Document, isMap, isPair, isScalar, type Node, visit } from 'yaml';
import type { Draft } from './set-at.ts';

/** What stands beside the configuration. */
export interface Beside {
  readonly access: Draft | undefined;
  /** Lines for the environment of the process. */
  readonly environmentLines: readonly string[];
}

const head = `Made by \`sightline import-gorse\` from a configuration of Gorse. \`sightline check\` says what a start with it would do;
every key is explained in docs/configuration.md, the move in docs/gorse.md.`;

/** Comments above keys, by their path. */
const comments: Readonly<Record<string, string>> = {
  http: 'Clients keep their base URL: the query port is the HTTP port of Gorse. Control stays on this machine.',
  store:
    'Where users, items and feedback are kept. `/api/dump` of Gorse and `/api/restore` here carry them over.',
  modelFolder: 'Models are trained anew; those of Gorse cannot be read.',
  training: 'What models learn from, and when. A worse model does not serve: see `training.gate`.',
  signals: 'Feedback of these types is a click on what was served.',
  models: 'The models behind the lists. `sightline evaluate` says how good each is on your data.',
  'models.collaborative':
    'Gorse tries BPR and ALS. iALS ranks as well as BPR in a third of the time (docs/benchmarks.md, `gorse-split`).',
  'models.ranker': 'Clicks foreseen by factorisation machines, as the ranker `fm` of Gorse.',
  works:
    'One work behind each list; all have metrics, deadlines and a ladder of fallbacks of their own.',
  'works.recommend':
    'Behind `/api/recommend`. Weights: the ranker or the recommenders, and little for the fallback, in its order.\n`sightline tune-work recommend` finds better ones.',
  'works.session': 'Behind `/api/session/recommend`.',
  gorse:
    'Which work, or model of similar users, answers which list of the API of Gorse under `/api`.',
  access: 'Who may call: secrets stay in environment variables, those that Gorse has for them.',
};

const openToAll =
  'Gorse has no API key, so everybody who reaches the query port may call it: see `access` in docs/configuration.md.';

/** Writes a configuration as YAML with comments. */
export function renderConfiguration(draft: Draft, { access, environmentLines }: Beside): string {
  const document = new Document(access === undefined ? draft : { ...draft, access });
  flowSmallOnes(document);
  for (const [path, comment] of Object.entries(comments)) commentOn(document, path, comment);
  if (access?.keys === undefined) commentOn(document, 'http', `${comments.http}\n${openToAll}`);
  const environment =
    environmentLines.length === 0 ? [] : ['', 'Environment:', ...environmentLines];
  document.commentBefore = commented([head, ...environment].join('\n'));
  return document.toString({ lineWidth: 110 });
}

const commented = (text: string): string =>
  text
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');

function commentOn(document: Document, path: string, comment: string): void {
  const keys = path.split('.');
  const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
  if (!isMap(parent)) return;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1));
  if (pair === undefined) return;
  const key = pair.key as Node;
  key.commentBefore = commented(comment);
  if (keys.length === 1 && pair !== parent.items[0]) key.spaceBefore = true;
}

/** Lists and tables that fit on a line stand on one; sections whose entries have comments do not. */
function flowSmallOnes(document: Document): void {
  visit(document, {
    Collection(_, node, path) {
      const keys = path.flatMap((part) =>
        isPair(part) && isScalar(part.key) ? [part.key.value] : [],
      );
      const isSection = keys.length === 1 && (keys[0] === 'models' || keys[0] === 'works');
      node.flow = keys.length > 0 && !isSection && JSON.stringify(node).length <= 96;
      return node.flow ? visit.SKIP : undefined;
    },
  });
}
