import { BucketCounts } from '../gathering/bucket-counts.ts';
import { CodeGroups } from '../gathering/code-groups.ts';
import type { Reading } from '../signal.ts';
import type { SlidingSessions } from './sliding-sessions.ts';

/** Sums over the sessions of a segment that are under way: those with an event inside the window. */
export interface SegmentFreshness {
  readonly segment: string;
  sessions: number;
  /** Those of them with two events and more: the others have no entropy. */
  withGaps: number;
  freshness: number;
  entropyBits: number;
  normalisedEntropy: number;
  /** Entropies in bits after single events since the last time, in the buckets of the series. */
  readonly entropies: { counts: readonly number[]; sum: number };
}

/** Of sessions that made no request yet. */
const unknownSegment = 'default';

/** Tells at most `maxSegments` segments apart, beside sessions of an unknown one (group 0) and the rest (group 1). */
export class SegmentGroups {
  readonly #codes: CodeGroups;
  readonly #entropies: readonly BucketCounts[];
  readonly #known = new Set<string>();

  constructor(maxSegments: number) {
    this.#codes = new CodeGroups(maxSegments);
    this.#entropies = Array.from(
      { length: this.#codes.span + 1 },
      () => new BucketCounts('session_freshness_entropy_bits'),
    );
  }

  /** The group of a segment's code. */
  of(code: number): number {
    return this.#codes.of(code) + 1;
  }

  /** Takes in the entropy of a session of a group after an event. */
  see(group: number, entropyBits: number): void {
    this.#entropies[group].add(entropyBits);
  }

  /** Every segment that ever had an event, at a moment in epoch milliseconds. O(sessions). */
  measure(
    sessions: SlidingSessions,
    nowMs: number,
    nameOf: (code: number) => string,
  ): SegmentFreshness[] {
    const names = [unknownSegment, ...this.#codes.codes.map(nameOf)];
    // By name: unknown sessions belong to a segment that others have too.
    const rows = new Map(names.map((segment) => [segment, emptyRow(segment)]));
    const rowOf = names.map((segment) => rows.get(segment) as SegmentFreshness);
    for (const [group, row] of rowOf.entries()) addEntropies(row, this.#entropies[group]);
    sumUp(sessions, nowMs, rowOf);
    for (const { segment, sessions, entropies } of rows.values())
      if (sessions > 0 || entropies.counts.some((count) => count > 0)) this.#known.add(segment);
    return [...rows.values()].filter(({ segment }) => this.#known.has(segment));
  }
}

function emptyRow(segment: string): SegmentFreshness {
  const sums = { sessions: 0, withGaps: 0, freshness: 0, entropyBits: 0, normalisedEntropy: 0 };
  return { segment, ...sums, entropies: { counts: [], sum: 0 } };
}

function addEntropies({ entropies }: SegmentFreshness, seen: BucketCounts): void {
  const { counts, sum } = seen.take();
  entropies.counts = counts.map((count, bucket) => count + (entropies.counts[bucket] ?? 0));
  entropies.sum += sum;
}

function sumUp(
  { windows, groups, count }: SlidingSessions,
  nowMs: number,
  rowOf: readonly SegmentFreshness[],
): void {
  const fromMs = nowMs - windows.windowMs;
  for (let slot = 0; slot < count; slot++) {
    if (windows.lastAtMs(slot) <= fromMs) continue;
    const row = rowOf[groups[slot]];
    row.sessions += 1;
    row.freshness += windows.freshness(slot, nowMs);
    if (windows.events(slot) < 2) continue;
    row.withGaps += 1;
    row.entropyBits += windows.entropyBits(slot);
    row.normalisedEntropy += windows.normalisedEntropy(slot);
  }
}

/** Means over the sessions under way, null where there are none. */
export function segmentReadings(row: SegmentFreshness, windowSeconds: number): Reading[] {
  const { segment, sessions, withGaps } = row;
  const mean = (measure: string, sum: number, samples: number): Reading => ({
    measure,
    labels: { segment },
    value: samples === 0 ? null : sum / samples,
    samples,
    windowSeconds,
  });
  return [
    mean('entropy_bits', row.entropyBits, withGaps),
    mean('normalised_entropy_ratio', row.normalisedEntropy, withGaps),
    mean('freshness_ratio', row.freshness, sessions),
    { ...mean('sessions', sessions, sessions), value: sessions },
  ];
}
