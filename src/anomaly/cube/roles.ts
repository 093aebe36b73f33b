import { type MarkMeaning, markCount, meaningOf } from './marks.ts';
import type { Measure } from './measures.ts';

/** What the hits of some marks have in common: a value of each hit label. Undefined: whatever has no kind of its own. */
export interface HitKind {
  /** From 1, 0 unknown. */
  readonly stage: number | undefined;
  readonly reason: number | undefined;
}

/** What each mark is to a measure. */
export interface Roles {
  /** The kind of hit of each mark, -1 for none. */
  readonly hitOf: Int16Array;
  /** 1 for trials. */
  readonly isTrial: Uint8Array;
  readonly kinds: readonly HitKind[];
}

const otherKind: HitKind = { stage: undefined, reason: undefined };

/**
 * Sorts marks by what they are to a measure. Of the kinds of hits that occurred the `maxKinds` with most get a number,
 * and where there are more the last number is for all others. There is at least one. O(marks).
 */
export function rolesOf(
  measure: Measure,
  { counts, slowFrom, maxKinds }: { counts: Float64Array; slowFrom: number; maxKinds: number },
): Roles {
  const isTrial = new Uint8Array(markCount);
  const found = new Map<string, { kind: HitKind; marks: number[]; hits: number }>();
  for (let mark = 0; mark < markCount; mark++) {
    const meaning = meaningOf(mark);
    if (measure.isTrial(meaning)) isTrial[mark] = 1;
    if (!measure.isHit(meaning, slowFrom)) continue;
    const kind = kindOf(measure, meaning);
    const key = `${kind.stage} ${kind.reason}`;
    const known = found.get(key) ?? { kind, marks: [], hits: 0 };
    known.marks.push(mark);
    known.hits += counts[mark];
    found.set(key, known);
  }
  const byHits = [...found.values()].sort((a, b) => b.hits - a.hits);
  const occurred = byHits.filter(({ hits }, at) => hits > 0 || at === 0);
  const most = Math.max(1, maxKinds);
  const kinds = occurred.slice(0, most).map(({ kind }) => kind);
  if (occurred.length > most) kinds[most - 1] = otherKind;
  const hitOf = new Int16Array(markCount).fill(-1);
  for (const [at, { marks }] of byHits.entries()) {
    for (const mark of marks) hitOf[mark] = Math.min(at, kinds.length - 1);
  }
  return { hitOf, isTrial, kinds };
}

function kindOf({ hitLabels }: Measure, meaning: MarkMeaning): HitKind {
  const stage = hitLabels.includes('stage') && 'stage' in meaning ? meaning.stage : 0;
  const reason = hitLabels.includes('reason') && 'reason' in meaning ? meaning.reason : 0;
  return { stage, reason };
}
