import { join } from 'node:path';
import { type Click, timeline } from '../../../src/cli/replay/timeline.ts';
import type { Item } from '../../../src/domain/item.ts';
import { collectDataset } from '../../../src/training/dataset/dataset-reader.ts';
import { writeClickstream } from '../harness/clickstream.ts';
import { createRandom, shuffled } from '../harness/random.ts';

/** A recorded shop, cut in two at a time. */
export interface ColdShop {
  /** Items that come into the shop at the cut. */
  readonly cold: readonly Item[];
  /** Clicks of the sessions that began at or after the cut, in time order. */
  readonly clicks: readonly Click[];
  /** Data set of the sessions before the cut, without the cold items. */
  readonly dataset: string;
  /** The same with them. */
  readonly fullDataset: string;
}

/** How a shop is cut. */
export interface ColdShopOptions {
  /** The e-shop file. */
  readonly path: string;
  /** Where the data sets are written. */
  readonly folder: string;
  readonly cutMs: number;
  /** Cold items of each catalogue. */
  readonly perCatalog: number;
  /** Clicks that a cold item has after the cut at least. */
  readonly minClicks: number;
  readonly seed: number;
}

/** Draws the cold items and writes the data sets. */
export async function cutShop(options: ColdShopOptions): Promise<ColdShop> {
  const { path, folder, cutMs } = options;
  const { items, feedback, segmentOf } = await collectDataset({ format: 'eshop', path });
  const recorded = feedback.map((event) => {
    const session = event.session!;
    return { ...event, session, segment: segmentOf.get(session) };
  });
  const before = timeline(recorded, { fromMs: 0, toMs: cutMs });
  const clicks = timeline(recorded, { fromMs: cutMs, toMs: Number.POSITIVE_INFINITY });
  const cold = drawItems(items, clicks, options);
  const isKnown = (id: string) => cold.every((item) => item.id !== id);
  const sessionsBefore = new Set(before.map(({ session }) => session));
  const past = feedback.filter(({ session }) => sessionsBefore.has(session!));
  const shop = { cold, clicks, dataset: join(folder, 'known'), fullDataset: join(folder, 'all') };
  writeClickstream(shop.fullDataset, { items, feedback: past, newest: [] });
  writeClickstream(shop.dataset, {
    items: items.filter(({ id }) => isKnown(id)),
    feedback: past.filter(({ item }) => isKnown(item)),
    newest: [],
  });
  return shop;
}

/** Some items of each catalogue, of those that are clicked enough. */
function drawItems(
  items: readonly Item[],
  clicks: readonly Click[],
  { perCatalog, minClicks, seed }: ColdShopOptions,
): readonly Item[] {
  const counts = new Map<string, number>();
  for (const { item } of clicks) counts.set(item, (counts.get(item) ?? 0) + 1);
  const clicked = items.filter(({ id }) => (counts.get(id) ?? 0) >= minClicks);
  const drawn = new Map<string, Item[]>();
  for (const item of shuffled(clicked, createRandom(seed))) {
    const chosen = drawn.get(item.catalog) ?? [];
    if (chosen.length < perCatalog) drawn.set(item.catalog, [...chosen, item]);
  }
  return [...drawn.values()].flat();
}
