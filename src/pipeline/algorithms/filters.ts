import { isInScope } from '../../stores/item-scope.ts';
import type { Filter } from '../algorithm.ts';

/** Removes hidden and deleted items. */
const hidden: Filter = {
  name: 'hidden',
  judge({ table }, items, count, keep) {
    for (let i = 0; i < count; i++) if (table.hidden[items[i]] !== 0) keep[i] = 0;
  },
};

/** Removes items whose time is over. */
const expired: Filter = {
  name: 'expired',
  judge({ table, nowMs }, items, count, keep) {
    for (let i = 0; i < count; i++) if (table.expiresAtMs[items[i]] <= nowMs) keep[i] = 0;
  },
};

/**
 * Removes what the session has already seen, and the item that the page shows; and all that the user ever did anything
 * with, where the features stage read the `history`.
 */
const seen: Filter = {
  name: 'seen',
  judge({ intent, history }, items, count, keep) {
    const { recent, anchor } = intent;
    for (let i = 0; i < count; i++) {
      const item = items[i];
      if (item === anchor || history.of(item) !== 0 || recent.includes(item)) keep[i] = 0;
    }
  },
};

/** Removes what the caller excludes by id. */
const excluded: Filter = {
  name: 'excluded',
  judge({ request, table }, items, count, keep) {
    const { exclude } = request;
    if (exclude === undefined || exclude.length === 0) return;
    const ids = new Set(exclude);
    for (let i = 0; i < count; i++) if (ids.has(table.ids[items[i]])) keep[i] = 0;
  },
};

/** Keeps only items of the catalogue and of the categories that the intent asks for. */
const category: Filter = {
  name: 'category',
  judge({ query: { scope }, table }, items, count, keep) {
    if (scope === undefined) return;
    for (let i = 0; i < count; i++) if (!isInScope(table, scope, items[i])) keep[i] = 0;
  },
};

/** The filters by their configured names. */
export const filters = { hidden, expired, seen, excluded, category } as const;
