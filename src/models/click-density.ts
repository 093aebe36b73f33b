/** Clicks, of items with codes below `items`. */
interface Clicks {
  readonly codes: Uint32Array;
  readonly items: number;
}

/**
 * Whether the item of most clicks has `enough` other clicks: then these say by themselves what follows it;
 * where they are fewer, clicks further back in the session and items clicked before it tell more.
 *
 * @example isDense({ codes: Uint32Array.of(0, 0, 1), items: 2 }, 2) // true
 */
export function isDense({ codes, items }: Clicks, enough: number): boolean {
  const counts = new Uint32Array(items);
  for (const code of codes) counts[code] += 1;
  let clicks = 0;
  for (const clicked of counts) if (clicked >= enough) clicks += clicked;
  return 2 * clicks > codes.length;
}
