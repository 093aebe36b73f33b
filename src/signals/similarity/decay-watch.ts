import type { ItemVectors } from '../known/item-columns.ts';
import { movedItems } from './moved-items.ts';
import { createNearestItems } from './nearest-items.ts';
import { type NeighbourOptions, NeighbourSimilarity } from './neighbour-similarity.ts';
import { ReadingRings } from './reading-rings.ts';

/** What is kept of each item. */
export interface DecayWatchOptions extends NeighbourOptions {
  /** Last readings of an item that its decay rate is the slope of, at least 2. */
  readonly readings?: number;
}

/** Follows how the similarity of items to their neighbours changes under the vectors of one model version. */
export interface DecayWatch {
  /** Whether any vectors are followed. */
  readonly hasVectors: boolean;
  /** Readings that were older than the last one of their item, and were left out. */
  readonly late: number;
  /** Length of the learnt vector of an item; 0 where it has none. */
  norm(item: number): number;
  /** Whether an item has as many readings as its decay rate takes. */
  isJudged(item: number): boolean;
  /** Makes room for the items 0 to `items - 1`. */
  grow(items: number): void;
  /** Takes an event of an item in, at epoch milliseconds. */
  see(item: number, atMs: number): void;
  /** Reads an item at an event that was seen; answers the slope of its readings, NaN where there are too few. */
  read(item: number, atMs: number, lambdaPerHour: number): number;
  /** Moves on to newer vectors, if they are; answers whether they are. */
  follow(vectors: ItemVectors | undefined, isServed: (item: number) => boolean): boolean;
  /** Spends a report's share of work on finding neighbours. */
  find(): void;
}

/**
 * Vectors that differ for more items than this were trained apart from those before, and nothing read from one is
 * compared with the other. Below it single items were learnt anew, and what the others read still holds.
 */
const maxMoved = 200;

/** Makes a watch without vectors. */
export function createDecayWatch({
  readings = 10,
  ...options
}: DecayWatchOptions = {}): DecayWatch {
  const similarity = new NeighbourSimilarity(options);
  const rings = new ReadingRings(readings);
  let followed: ItemVectors | undefined;
  let late = 0;
  const change = (vectors: ItemVectors | undefined, isServed: (item: number) => boolean) => {
    const nearest = vectors && createNearestItems(vectors, isServed);
    const moved = vectors && followed && movedItems(followed, vectors, maxMoved);
    if (nearest !== undefined && moved !== undefined) {
      for (const item of similarity.amend(nearest, moved)) rings.forget(item);
    } else {
      similarity.replace(nearest);
      rings.clear();
    }
  };
  return {
    get hasVectors() {
      return followed !== undefined;
    },
    get late() {
      return late;
    },
    norm: (item) => followed?.norms[item] ?? 0,
    isJudged: (item) => rings.isFull(item),
    grow(items) {
      similarity.grow(items);
      rings.grow(items);
    },
    see: (item, atMs) => similarity.see(item, atMs),
    read(item, atMs, lambdaPerHour) {
      const mean = similarity.mean(item, atMs, lambdaPerHour);
      if (Number.isNaN(mean)) return Number.NaN;
      if (rings.push(item, mean, atMs)) return rings.slope(item);
      late += 1;
      return Number.NaN;
    },
    follow(vectors, isServed) {
      if (vectors === followed) return false;
      const isNewer = vectors?.version !== followed?.version;
      if (isNewer) change(vectors, isServed);
      followed = vectors;
      return isNewer;
    },
    find: () => similarity.find(),
  };
}
