import type { Answer } from '../../answer.ts';
import type { Degradation } from '../../domain/degradation.ts';
import type { ListPart } from '../../pipeline/kept/read-part.ts';
import { slateCapacity } from '../../pipeline/run.ts';
import { ladderSource } from '../../pipeline/stages/filter.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { ScoredItems } from './score-text.ts';

/** Reused: a part is written down before the next is taken. */
const items = new Int32Array(slateCapacity);
const scores = new Float32Array(slateCapacity);

/**
 * Takes the part of an answer that is served, which may be longer than that, and makes its record say what is served:
 * only that was shown, and that the end of a long list was short is no degradation of its beginning. Valid until the
 * next part is taken.
 */
export function takePart(
  { slate, record }: Answer,
  { offset, n, exclude }: ListPart,
  table: ItemTable,
): ScoredItems {
  let passed = 0;
  let own = 0;
  let count = 0;
  for (let p = 0; p < slate.count && count < n; p++) {
    const item = slate.items[p];
    if (exclude.size > 0 && exclude.has(table.ids[item])) continue;
    passed += 1;
    if (slate.sources[p] !== ladderSource) own += 1;
    if (passed <= offset) continue;
    items[count] = item;
    scores[count] = slate.scores[p];
    record.slate[count] = item;
    record.predicted[count] = record.predicted[p];
    count += 1;
  }
  record.requested = n;
  record.returned = count;
  record.degradations = shortagesOf(record.degradations, own, offset + n);
  const isFallback = record.fallbackReason !== null;
  if (n > 0 && count === 0) record.outcome = 'empty';
  else if (isFallback) record.outcome = 'fallback';
  else record.outcome = count < n ? 'partial' : 'ok';
  return { count, items, scores };
}

/** The degradations, with that of too few candidates measured by what was wanted. */
function shortagesOf(
  degradations: readonly Degradation[],
  own: number,
  wanted: number,
): readonly Degradation[] {
  if (degradations.length === 0) return degradations;
  return degradations.flatMap((degradation) => {
    const { reason } = degradation;
    if (reason !== 'candidates.insufficient' && reason !== 'candidates.empty') return [degradation];
    return own >= wanted ? [] : [{ ...degradation, coverage: wanted === 0 ? 1 : own / wanted }];
  });
}
