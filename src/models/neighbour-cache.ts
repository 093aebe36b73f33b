import { Hits } from './model.ts';

/** Neighbours kept of each anchor. */
const listLength = 256;
/** Anchors kept; 40 MB of lists at most. */
const capacity = 20_000;

/** Writes the neighbours of an anchor, best first; at most `limit`. */
export type FindNeighbours = (anchor: number, limit: number, hits: Hits) => void;

/**
 * Remembers the neighbours of the anchors asked for last, so that a scan of all vectors is paid once an anchor and
 * not once a request. Longer lists than are kept are looked up each time.
 *
 * @example
 * const find = cacheNeighbours(scan);
 * find(7, 100, hits); // scans
 * find(7, 50, hits); // copies
 */
export function cacheNeighbours(find: FindNeighbours): FindNeighbours {
  const lists = new Map<number, Hits>();
  return (anchor, limit, hits) => {
    if (limit > listLength) {
      find(anchor, limit, hits);
      return;
    }
    let list = lists.get(anchor);
    if (list === undefined) {
      list = new Hits(listLength);
      find(anchor, listLength, list);
      if (lists.size >= capacity) lists.delete(lists.keys().next().value!);
      lists.set(anchor, list);
    }
    hits.count = Math.min(limit, list.count, hits.items.length);
    for (let i = 0; i < hits.count; i++) {
      hits.items[i] = list.items[i];
      hits.scores[i] = list.scores[i];
    }
  };
}
