import { Hits, type Model } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { PrefixTarget } from '../dataset/session-lists.ts';

/** How well the targets of prefixes were foreseen. */
export interface PrefixQuality {
  readonly targets: number;
  /** Share of targets among the first 20: P@20 of the literature on sessions, which is a hit rate. */
  readonly p20: number;
  /** Mean of 1 / rank, 0 behind rank 20. */
  readonly mrr20: number;
  /** Rank of each target, the first is 1; infinite where it was not among the first 20. */
  readonly ranks: Float64Array;
}

/** Clicks of a prefix that a query holds, the last ones. */
const recentCapacity = 50;
const cutoff = 20;

/**
 * Judges the first 20 items that a model retrieves after each prefix, in the protocol of SR-GNN (Wu et al. 2019): the
 * full catalogue is ranked, items of the session too; equal scores are in the order of the model, which is fixed.
 * O(targets · cost of a query).
 *
 * @example evaluatePrefixes(model, [{ prefix: ['a'], target: 'b' }], table).p20 // 1
 */
export function evaluatePrefixes(
  model: Pick<Model, 'retrieve'>,
  targets: readonly PrefixTarget[],
  table: ItemTable,
): PrefixQuality {
  const hits = new Hits(cutoff);
  const ranks = new Float64Array(targets.length);
  let [found, reciprocal] = [0, 0];
  for (const [i, { prefix, target }] of targets.entries()) {
    const recent = Int32Array.from(prefix.slice(-recentCapacity), (id) => table.indexOf(id));
    const anchor = recent[recent.length - 1];
    model.retrieve({ anchor, recent, nowMs: 0, purpose: 'next' }, cutoff, hits);
    const place = hits.items.subarray(0, hits.count).indexOf(table.indexOf(target));
    ranks[i] = place < 0 ? Number.POSITIVE_INFINITY : place + 1;
    found += Number(place >= 0);
    reciprocal += 1 / ranks[i];
  }
  const count = Math.max(1, targets.length);
  return { targets: targets.length, p20: found / count, mrr20: reciprocal / count, ranks };
}
