import type { PathNode, SupportingPath } from '../supporting-path.ts';

/** One way to an item, and what it adds to the score. */
export interface Way {
  readonly nodes: readonly PathNode[];
  readonly weight: number;
}

/** Ways as shares of their sum, the weightiest first, at most `limit`. */
export function shareOut(ways: readonly Way[], limit: number): SupportingPath[] {
  const total = ways.reduce((sum, { weight }) => sum + weight, 0);
  return ways
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, limit)
    .map(({ nodes, weight }) => ({ nodes, share: weight / total }));
}
