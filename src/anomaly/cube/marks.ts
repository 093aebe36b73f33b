import { stageNames } from '../../domain/degradation.ts';

/** What is counted of a request as a whole. Exposures are items shown, clicks the feedback that named the request. */
export const plainMarks = [
  'requests',
  'exposures',
  'clicks',
  'empty',
  'partial',
  'errors',
  'featuresAsked',
  'featuresMissing',
] as const;
export type PlainMark = (typeof plainMarks)[number];

/** The number of each plain mark. */
export const plainMark = Object.fromEntries(
  plainMarks.map((name, code) => [name, code]),
) as Readonly<Record<PlainMark, number>>;

/** Upper bounds of the latency buckets in seconds, ascending; the last bucket has none. */
export const latencyBounds = Float64Array.from({ length: 31 }, (_, b) => 0.0005 * 10 ** (b / 7.5));

const firstDegraded = 16;
const reasons = 32;
const stages = stageNames.length + 1;
const firstFallback = firstDegraded + stages * reasons;
const firstTime = firstFallback + stages * reasons;
const buckets = 32;

/** The mark of a request that was degraded and showed the same: stage (place in `stageNames` from 1), reason code. */
export function degradedMark(stage: number, reason: number): number {
  return firstDegraded + stage * reasons + reason;
}

/** The mark of a request whose degradation changed what was shown: stage and reason as in `degradedMark`. */
export function fallbackMark(stage: number, reason: number): number {
  return firstFallback + stage * reasons + reason;
}

/** The mark of a request by the stage that took longest (from 1, 0 unknown) and the latency bucket. */
export function timeMark(stage: number, bucket: number): number {
  return firstTime + stage * buckets + bucket;
}

/** What a mark says. */
export type MarkMeaning =
  | { readonly kind: 'plain'; readonly name: PlainMark }
  | { readonly kind: 'degraded' | 'fallback'; readonly stage: number; readonly reason: number }
  | { readonly kind: 'time'; readonly stage: number; readonly bucket: number };

/**
 * The meaning of a mark.
 *
 * @example meaningOf(degradedMark(3, 7)) // { kind: 'degraded', stage: 3, reason: 7 }
 */
export function meaningOf(mark: number): MarkMeaning {
  if (mark < firstDegraded) return { kind: 'plain', name: plainMarks[mark] };
  if (mark < firstTime) {
    const kind = mark < firstFallback ? 'degraded' : 'fallback';
    const at = (mark - firstDegraded) % (stages * reasons);
    return { kind, stage: Math.floor(at / reasons), reason: at % reasons };
  }
  const at = mark - firstTime;
  return { kind: 'time', stage: Math.floor(at / buckets), bucket: at % buckets };
}

/** Marks there are: 0 to `markCount - 1`. */
export const markCount = firstTime + stages * buckets;

/** The latency bucket of a time: the first bound that is not below it. O(log buckets). */
export function latencyBucket(seconds: number): number {
  let low = 0;
  let high = latencyBounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (latencyBounds[middle] >= seconds) high = middle;
    else low = middle + 1;
  }
  return low;
}
