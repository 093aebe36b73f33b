import { SightlineError } from '../../domain/errors.ts';
import type { Item } from '../../domain/item.ts';
import type { App } from '../routes.ts';
import { gorseJson } from './answers.ts';
import { addGorseRoute, type GorseDoors, type GorseHandle } from './gorse-route.ts';
import type { KeyedRows } from './keyed-rows.ts';
import { pathParts } from './path-parts.ts';
import type { Quota } from './quota.ts';
import { successSchema } from './row-schemas.ts';

const path = '/api/item/{item-id}/category/{category}';

/** Adds the routes that put one category on an item and take one from it; neither has a body. */
export function addCategoryRoutes(
  app: App,
  {
    quota,
    doors,
    items,
  }: {
    readonly quota: Quota;
    readonly doors: GorseDoors;
    readonly items: Pick<KeyedRows<'items'>, 'change'>;
  },
): void {
  const changing =
    (change: (categories: readonly string[], category: string) => string[]): GorseHandle =>
    async (c, visit) => {
      const { 'item-id': id, category } = pathParts(c, path);
      const isThere = await items.change(visit.caller.namespace.inner(id), (item): Item => {
        const categories = change(item.categories, category);
        quota.checkRow({ Categories: categories });
        return { ...item, categories };
      });
      if (!isThere) throw new SightlineError('SL_ITEM_UNKNOWN', `item ${id} not found`);
      return gorseJson({ RowAffected: 1 }, visit);
    };
  const document = {
    paths: [path],
    scope: 'write',
    success: { description: 'It is done', schema: successSchema, example: { RowAffected: 1 } },
    failures: {
      ...{ 400: 'An id or category that is wrong', 404: 'Item not found' },
      ...{ 503: 'The store cannot be reached', 507: 'The store is full' },
    },
  } as const;
  const put = { method: 'put', operationId: 'gorsePutItemCategory' } as const;
  addGorseRoute(
    app,
    { ...document, ...put, summary: 'Put a category on an item' },
    { doors, handle: changing((categories, added) => [...new Set([...categories, added])]) },
  );
  const remove = { method: 'delete', operationId: 'gorseDeleteItemCategory' } as const;
  addGorseRoute(
    app,
    { ...document, ...remove, summary: 'Take a category from an item' },
    { doors, handle: changing((categories, gone) => categories.filter((one) => one !== gone)) },
  );
}
