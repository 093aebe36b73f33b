import type { ScoredItem } from './score-items.ts';

/**
 * Keeps the items that are among the `size` best of all, of their catalogue, or of one of their categories: whichever of these a
 * request is limited to, its best are there. Best first, equal ones in order of id. O(items · (log items + categories)).
 *
 * @example keepListed(scored, 100).length // at least 100, where there are as many
 */
export function keepListed(scored: readonly ScoredItem[], size: number): readonly ScoredItem[] {
  const ranked = [...scored].sort((a, b) => b.score - a.score || (a.item.id < b.item.id ? -1 : 1));
  let listed = 0;
  const catalogs = new Map<string, number>();
  const categories = new Map<string, number>();
  const enters = (lists: Map<string, number>, name: string): boolean => {
    const taken = lists.get(name) ?? 0;
    lists.set(name, taken + 1);
    return taken < size;
  };
  return ranked.filter(({ item }) => {
    let isListed = listed++ < size;
    if (enters(catalogs, item.catalog)) isListed = true;
    for (const category of new Set(item.categories))
      if (enters(categories, category)) isListed = true;
    return isListed;
  });
}
