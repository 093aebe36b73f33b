import type { ItemCodes } from '../item-codes.ts';
import type { ModelQuery } from '../model.ts';
import type { SupportingPath } from '../supporting-path.ts';
import type { UserFoldIn } from './fold-in-user.ts';

/**
 * Makes the explanation of products of users with items: the items of the query that add most, each with its share of all that
 * adds; of `similar`, the anchor. The item itself is no reason for itself.
 */
export function explainFactors(
  { contributions }: UserFoldIn,
  ids: readonly string[],
  items: ItemCodes,
): (query: ModelQuery, item: number, limit: number) => readonly SupportingPath[] {
  const pathOf = (from: number, to: number, share: number): SupportingPath => ({
    nodes: [from, to].map((code) => ({ type: 'item', id: ids[code] })),
    share,
  });
  return (query, item, limit) => {
    const code = items.codeOf(item);
    const anchor = items.codeOf(query.anchor);
    if (code < 0) return [];
    if (query.purpose === 'similar')
      return anchor < 0 || anchor === code ? [] : [pathOf(anchor, code, 1)].slice(0, limit);
    const parts = contributions(query, code);
    const total = parts.reduce((sum, { amount }) => sum + amount, 0);
    if (!(total > 0)) return [];
    const adding = parts.filter((part) => part.amount > 0 && part.code !== code);
    const added = adding.reduce((sum, { amount }) => sum + amount, 0);
    adding.sort((a, b) => b.amount - a.amount || a.code - b.code);
    return adding.slice(0, limit).map((part) => pathOf(part.code, code, part.amount / added));
  };
}
