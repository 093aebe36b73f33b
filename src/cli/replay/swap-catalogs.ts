import { SightlineError } from '../../domain/errors.ts';
import type { Click } from './timeline.ts';

/** Two catalogues that change places. */
export type CatalogSwap = readonly [string, string];

/**
 * Crosses the wires of catalogues from a time on, `swapFromMs` of the recording: a click on an item of one becomes a
 * click on an item of the other, on the page it was recorded on. The i-th most clicked item of one stands for the
 * i-th of the other, and begins again with the first where the other has fewer; equal counts go by id. Throws
 * `SL_DATA_INVALID` for a catalogue without clicks. O(clicks + items log items).
 *
 * @example
 * const clicks = [{ session: 's', item: 'A', type: 'click', atMs: 0, catalog: 'shoes' }, ...clicksOnB];
 * swapClicks(clicks, { swaps: [['shoes', 'bags']], swapFromMs: 0 })[0]; // item 'B', catalog 'shoes'
 */
export function swapClicks(
  clicks: readonly Click[],
  { swaps, swapFromMs }: { swaps: readonly CatalogSwap[]; swapFromMs: number },
): readonly Click[] {
  if (swaps.length === 0) return clicks;
  const ranked = rankItems(clicks);
  const itemsOf = (catalog: string): readonly string[] => {
    const items = ranked.get(catalog);
    if (items !== undefined) return items;
    const known = [...ranked.keys()].sort().join(', ') || 'none';
    throw new SightlineError(
      'SL_DATA_INVALID',
      `catalogue ${catalog} has no clicks, expected one of ${known}`,
    );
  };
  const swapped = new Map<string, string>();
  for (const [a, b] of swaps) {
    const [ofA, ofB] = [itemsOf(a), itemsOf(b)];
    for (const [rank, item] of ofA.entries()) swapped.set(item, ofB[rank % ofB.length]);
    for (const [rank, item] of ofB.entries()) swapped.set(item, ofA[rank % ofA.length]);
  }
  return clicks.map((click) =>
    click.atMs < swapFromMs ? click : { ...click, item: swapped.get(click.item) ?? click.item },
  );
}

/** The items of each catalogue, the most clicked first. */
function rankItems(clicks: readonly Click[]): Map<string, string[]> {
  const counts = new Map<string, number>();
  const catalogs = new Map<string, string[]>();
  for (const { item, catalog } of clicks) {
    if (catalog === undefined) continue;
    if (!counts.has(item)) catalogs.set(catalog, [...(catalogs.get(catalog) ?? []), item]);
    counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  for (const items of catalogs.values())
    items.sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  return catalogs;
}
