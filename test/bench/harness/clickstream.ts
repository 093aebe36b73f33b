import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Feedback } from '../../../src/domain/feedback.ts';
import type { Item } from '../../../src/domain/item.ts';
import { createRandom } from './random.ts';

export interface ClickstreamOptions {
  readonly items?: number;
  readonly clusters?: number;
  readonly sessions?: number;
  readonly seed?: number;
  /** Epoch milliseconds of the last click. */
  readonly endMs: number;
}

/** A catalogue and its clicks, and the sessions that clicked last. */
export interface Clickstream {
  readonly items: readonly Item[];
  readonly feedback: readonly Feedback[];
  /** Session ids by last click, newest first. */
  readonly newest: readonly string[];
}

/** Four hours, so that the sessions asked for are minutes old, not stale. */
const spanMs = 14_400_000;
const clickGapMs = 20_000;

/**
 * A made-up shop: items in clusters, popularity after Zipf inside a cluster and among clusters,
 * sessions that stay in one cluster for nine clicks of ten. The same options give the same clicks.
 */
export function createClickstream({
  items: itemCount = 5000,
  clusters = 100,
  sessions = 20_000,
  seed = 7,
  endMs,
}: ClickstreamOptions): Clickstream {
  const random = createRandom(seed);
  const perCluster = Math.floor(itemCount / clusters);
  const drawCluster = zipf(clusters, random);
  const drawRank = zipf(perCluster, random);
  const feedback: Feedback[] = [];
  const newest: string[] = [];
  for (let s = 0; s < sessions; s++) {
    const session = `s${s}`;
    const length = 3 + Math.floor(-Math.log(1 - random()) * 5);
    // Later sessions end later, the last one at endMs.
    const lastMs = Math.round(endMs - spanMs * (1 - (s + 1) / sessions));
    let cluster = drawCluster();
    for (let c = 0; c < length; c++) {
      if (random() < 0.1) cluster = drawCluster();
      const atMs = lastMs - (length - 1 - c) * clickGapMs;
      const item = itemId(cluster * perCluster + drawRank());
      feedback.push({ key: `${session}-${c}`, type: 'click', item, session, atMs });
    }
    newest.unshift(session);
  }
  const items = Array.from({ length: itemCount }, (_, i) => createItem(i, perCluster, endMs));
  return { items, feedback: feedback.sort((a, b) => a.atMs - b.atMs), newest };
}

/** Writes a data set of the format `jsonl`. */
export function writeClickstream(folder: string, { items, feedback }: Clickstream): void {
  mkdirSync(folder, { recursive: true });
  writeRows(join(folder, 'items.jsonl'), items.map(itemRow));
  writeRows(join(folder, 'users.jsonl'), []);
  writeRows(join(folder, 'feedback.jsonl'), feedback.map(feedbackRow));
}

function writeRows(file: string, rows: readonly unknown[]): void {
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function itemRow({ publishedAtMs, expiresAtMs, ...rest }: Item): object {
  return { ...rest, published_at: publishedAtMs, expires_at: expiresAtMs };
}

function feedbackRow({ key, atMs, ...rest }: Feedback): object {
  return { ...rest, id: key, timestamp: atMs };
}

function itemId(index: number): string {
  return `item-${String(index).padStart(5, '0')}`;
}

/** One item in a hundred is hidden and one in a hundred has expired, so that filters have work. */
function createItem(index: number, perCluster: number, endMs: number): Item {
  const cluster = Math.floor(index / perCluster);
  return {
    id: itemId(index),
    catalog: `catalog-${cluster % 4}`,
    categories: [`cluster-${cluster}`, `shelf-${index % 20}`],
    attributes: { colour: `colour-${index % 12}`, price: 10 + (index % 90) },
    hidden: index % 100 === 17,
    publishedAtMs: endMs - spanMs - ((index * 7919) % itemAgesMs),
    ...(index % 100 === 53 ? { expiresAtMs: endMs - 3_600_000 } : {}),
  };
}

const itemAgesMs = 300 * 86_400_000;

/** Draws ranks 0 to n - 1 with probability proportional to 1 / (rank + 1). */
export function zipf(n: number, random: () => number): () => number {
  const cumulative = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum += 1 / (i + 1);
    cumulative[i] = sum;
  }
  return () => {
    const target = random() * sum;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
