import { nameOf } from './list-tables.ts';
import type { Alike } from './recommenders.ts';
import type { Finding } from './settings.ts';

/** A model as it stands in a configuration of ours. */
export interface ModelDraft {
  readonly kind: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** What a recommender over items that are alike becomes: models that are blended, and what is to be told. */
export interface AlikeDraft {
  readonly models: readonly ModelDraft[];
  readonly verdict: Finding['verdict'];
  readonly text: string;
}

/**
 * Where labels stand, of an expression of Gorse: `''` is all of them, undefined is another expression than a path.
 *
 * @example toLabelPath('item.Labels.text.embedding') // 'text.embedding'
 */
export function toLabelPath(column: string): string | undefined {
  if (column.trim() === '') return '';
  if (column.length > 256) return undefined;
  if (column.trim() === 'item.Categories') return 'category';
  const match = /^item\.Labels((?:\??\.\w+|\["[\w-]+"\]|\['[\w-]+'\])*)$/.exec(column.trim());
  return match?.[1]
    .replace(/\[["']|\??\./g, '.')
    .replace(/["']\]/g, '')
    .slice(1);
}

const users = { kind: 'item-knn' } as const;

/** Says which models of ours stand for an item-to-item recommender of Gorse. */
export function convertItemToItem({ name, type, column }: Alike): AlikeDraft {
  const path = toLabelPath(column);
  const isPath = path !== undefined;
  const tags: ModelDraft = path ? { kind: 'tags', options: { column: path } } : { kind: 'tags' };
  const instead = (why: string): AlikeDraft => ({
    models: [users],
    verdict: 'none',
    text: `${why}; item-knn, items with the same users, in its place`,
  });
  switch (type) {
    case 'users':
      return became([users], 'items with the same users');
    case 'tags':
      return isPath
        ? became([tags], path ? `the labels at ${path}` : 'all labels')
        : instead(`column ${nameOf(column)} is more than a path of labels`);
    case 'auto':
      return became([users, { kind: 'tags' }], 'items with the same users, and all labels');
    case 'embedding':
      return path
        ? became(
            [{ kind: 'embedding', options: { column: path } }],
            `vectors of the labels at ${path}`,
          )
        : instead(`column ${nameOf(column)} is no path of labels`);
    case 'chat':
      return instead('no large language model is called, see docs/plugins.md');
    default:
      return instead(`type ${nameOf(type)} of ${nameOf(name)} is none of Gorse`);
  }
}

const became = (models: readonly ModelDraft[], what: string): AlikeDraft => ({
  models,
  verdict: 'became',
  text: `${models.map(({ kind }) => kind).join(' and ')}: ${what}`,
});

/** Says what of a user-to-user recommender of Gorse is lost: ours know users by their items alone. */
export function convertUserToUser({ type }: Alike): AlikeDraft {
  const models = [{ kind: 'user-knn' }];
  if (type === 'items') return became(models, 'users with the same items');
  const text =
    'labels of users are not compared; user-knn, users with the same items, in its place';
  return { models, verdict: 'none', text };
}
