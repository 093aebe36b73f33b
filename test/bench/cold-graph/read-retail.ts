import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { attributeTable, type Shop, type ShopEvent } from './cold-shop.ts';

/**
 * UCI Online Retail (doi 10.24432/C5BW33, CC BY 4.0): a session an invoice, a user a customer; of an item the words of
 * its usual description and its usual price. Codes without a digit in front are postage and the like, and left out.
 */
export function readRetail(path: string): Shop {
  const events: ShopEvent[] = [];
  const seen = new Map<string, { texts: Map<string, number>; prices: number[] }>();
  const [, ...lines] = gunzipSync(readFileSync(path)).toString().split('\n');
  for (const line of lines) {
    const cells = line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
    const [session, item, text, quantity, date, price, user] = cells;
    if (!/^\d/.test(item ?? '') || !(Number(quantity) > 0) || !(Number(price) > 0)) continue;
    const atMs = Date.parse(`${date.replace(' ', 'T')}Z`);
    events.push({ item, session, user: user === '' ? undefined : user, atMs });
    const known = seen.get(item) ?? { texts: new Map<string, number>(), prices: [] };
    seen.set(item, known);
    known.texts.set(text, (known.texts.get(text) ?? 0) + 1);
    known.prices.push(Number(price));
  }
  const items = [...seen].map(([id, { texts, prices }]) => {
    const [[usual]] = [...texts].sort((a, b) => b[1] - a[1]);
    const words = usual.toLowerCase().match(/[a-z]{2,}|\d+/g) ?? [];
    const price = prices.sort((a, b) => a - b)[prices.length >> 1];
    return [id, { labels: words.map((word) => `word=${word}`), numbers: { price } }] as const;
  });
  return { events, attributes: attributeTable(new Map(items)) };
}
