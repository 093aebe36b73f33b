import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readClicks } from '../../src/cli/replay/read-clicks.ts';
import { swapClicks } from '../../src/cli/replay/swap-catalogs.ts';

const click = (item: string, catalog: string | undefined, atMs: number) => ({
  session: 's',
  item,
  type: 'click',
  atMs,
  catalog,
});

/** Shoes A (twice), B, C and bags X (twice), Y; Z belongs to neither. */
const clicks = [
  click('B', 'shoes', 0),
  click('A', 'shoes', 1),
  click('Y', 'bags', 2),
  click('X', 'bags', 3),
  click('Z', 'hats', 4),
  click('X', 'bags', 5),
  click('A', 'shoes', 6),
  click('C', 'shoes', 7),
  click('Q', undefined, 8),
];
const all = { swaps: [['shoes', 'bags']] as const, swapFromMs: Number.NEGATIVE_INFINITY };
const itemsOf = (swapped: readonly { item: string }[]) => swapped.map(({ item }) => item).join('');

test('the most clicked item of one catalogue stands for that of the other, and so on', () => {
  // C is third of the shoes: the bags begin again.
  expect(itemsOf(swapClicks(clicks, all))).toBe('YXBAZAXXQ');
});

test('the page and everything else stay as recorded', () => {
  const swapped = swapClicks(clicks, all);
  expect(swapped.map(({ item: _item, ...rest }) => rest)).toEqual(
    clicks.map(({ item: _item, ...rest }) => rest),
  );
});

test('clicks before the time stay', () => {
  expect(itemsOf(swapClicks(clicks, { ...all, swapFromMs: 5 }))).toBe('BAYXZAXXQ');
});

test('without swaps nothing changes', () => {
  expect(swapClicks(clicks, { ...all, swaps: [] })).toBe(clicks);
});

test('a catalogue that nobody clicked on is refused', () => {
  expect(() => swapClicks(clicks, { ...all, swaps: [['shoes', 'boots']] })).toThrow(
    'catalogue boots has no clicks, expected one of bags, hats, shoes',
  );
});

test('clicks of the demo know the catalogue of their page', async () => {
  const demo = resolve(import.meta.dirname, '../../demo/eshop-clothing-2008.csv.gz');
  const recorded = await readClicks(demo);
  const catalogs = new Set(recorded.clicks.map(({ catalog }) => catalog));
  expect(catalogs).toEqual(new Set(['trousers', 'skirts', 'blouses', 'sale']));
});
