import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { attributeTable, type Shop } from './cold-shop.ts';

/** MovieLens 100K: ratings of 4 and 5; of an item its genres, its year, and the words of its title. */
export function readMovies(folder: string): Shop {
  const read = (name: string) => readFileSync(join(folder, name));
  const genres = read('u.genre')
    .toString()
    .split('\n')
    .map((line) => line.split('|')[0]);
  const items = new Map(
    read('u.item')
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [id, title, date, , , ...flags] = line.split('|');
        const words =
          title
            .toLowerCase()
            .replace(/\(\d+\)/, '')
            .match(/[a-z]{3,}/g) ?? [];
        const labels = [
          ...flags.flatMap((flag, i) => (flag.trim() === '1' ? [`genre=${genres[i]}`] : [])),
          ...words.map((word) => `word=${word}`),
        ];
        return [id, { labels, numbers: { year: Number(date.slice(-4)) || Number.NaN } }] as const;
      }),
  );
  const events = gunzipSync(read('u.data.gz'))
    .toString()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, , rating]) => Number(rating) >= 4)
    .map(([user, item, , at]) => ({ item, user, session: user, atMs: 1000 * Number(at) }));
  return { events, attributes: attributeTable(items) };
}
