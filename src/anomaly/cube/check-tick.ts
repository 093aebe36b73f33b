import type { LeafTick } from './leaf-tick.ts';
import { markCount } from './marks.ts';

/**
 * Whether a tick can be counted with: columns of equal length, leaves and marks that exist, finite counts of at least 0,
 * a finite time and a positive length. O(cells).
 */
export function isSoundTick(tick: LeafTick, labels: number): boolean {
  const { atMs, seconds, leaf, mark, count } = tick;
  if (!Number.isFinite(atMs) || !(seconds > 0 && seconds < Number.POSITIVE_INFINITY)) return false;
  if (tick.labels.length !== labels) return false;
  const leaves = tick.labels[0].length;
  if (tick.labels.some((column) => column.length !== leaves)) return false;
  if (mark.length !== leaf.length || count.length !== leaf.length) return false;
  for (let i = 0; i < leaf.length; i++) {
    if (leaf[i] >= leaves || mark[i] >= markCount) return false;
    if (!(count[i] >= 0 && count[i] < Number.POSITIVE_INFINITY)) return false;
  }
  return true;
}
