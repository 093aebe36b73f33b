import type { App } from '../routes.ts';
import { addFeedbackRoutes } from './feedback-routes.ts';
import type { GorseDoors } from './gorse-route.ts';
import type { GorseParts } from './gorse-routes.ts';
import { addCategoryRoutes } from './item-categories.ts';
import { createItemKind } from './item-kind.ts';
import { createItemSearch } from './item-search.ts';
import { addKeyedRowRoutes } from './keyed-row-routes.ts';
import { createKeyedRows } from './keyed-rows.ts';
import type { Quota } from './quota.ts';
import { createUserKind } from './user-kind.ts';

/** Adds the routes of users, items and feedback. */
export function addRowRoutes(
  app: App,
  parts: GorseParts & { readonly doors: GorseDoors; readonly quota: Quota },
): void {
  const { gateway, clock, turns, doors, quota } = parts;
  const userKind = createUserKind(gateway);
  const itemKind = createItemKind(gateway);
  const users = createKeyedRows(userKind, { gateway, quota, inTurn: turns.users });
  const items = createKeyedRows(itemKind, { gateway, quota, inTurn: turns.items });
  const tools = { gateway, quota, doors };
  addKeyedRowRoutes(app, userKind, { ...tools, rows: users });
  const search = createItemSearch(gateway);
  addKeyedRowRoutes(app, itemKind, { ...tools, rows: items, search });
  addCategoryRoutes(app, { ...tools, items });
  addFeedbackRoutes(app, { ...tools, clock, users, items });
}
