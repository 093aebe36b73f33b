import type { StageName } from '../../domain/degradation.ts';

/**
 * Everything that can be broken on purpose:
 *
 * | kind | what it does to the requests it strikes |
 * |---|---|
 * | `slow-store` | a read of features takes `delayMs` longer |
 * | `failing-store` | a read of features is refused |
 * | `missing-features` | a read of features finds nothing |
 * | `bad-model` | every scorer writes worse scores, or none that can be used |
 * | `slow-stage` | a stage begins `delayMs` later |
 * | `failing-stage` | a stage throws |
 */
export const faultKinds = [
  'slow-store',
  'failing-store',
  'missing-features',
  'bad-model',
  'slow-stage',
  'failing-stage',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How a bad model scores: the worst first, in random order, or with what is not a number. */
export const scoreModes = ['inverted', 'shuffled', 'invalid'] as const;
export type ScoreMode = (typeof scoreModes)[number];

/** The labels that tell which requests a fault is for. */
export const matchLabels = ['work', 'strategy', 'segment', 'catalog', 'variant'] as const;
export type MatchLabel = (typeof matchLabels)[number];

/** The requests that carry each of these values; a label that is left out is free. */
export type FaultMatch = Readonly<Partial<Record<MatchLabel, string>>>;

interface Schedule {
  readonly name: string;
  readonly match: FaultMatch;
  /** Share of the matching requests that it strikes, 0 to 1. */
  readonly share: number;
  /** From when it is put in place until it begins. */
  readonly afterSeconds: number;
  readonly forSeconds: number;
  /** How long it grows from nothing: the delay of what is slow, the share of everything else. */
  readonly rampSeconds: number;
}

interface OfStore {
  /** The store whose reads it strikes; all stores when it is left out. */
  readonly store?: string | undefined;
}

type Effect =
  | ({ readonly kind: 'slow-store'; readonly delayMs: number } & OfStore)
  | ({ readonly kind: 'failing-store' } & OfStore)
  | ({ readonly kind: 'missing-features' } & OfStore)
  | { readonly kind: 'bad-model'; readonly mode: ScoreMode }
  | { readonly kind: 'slow-stage'; readonly stage: StageName; readonly delayMs: number }
  | { readonly kind: 'failing-stage'; readonly stage: StageName };

/** Something that is broken on purpose, for a time. */
export type Fault = Schedule & Effect;

/** Bounds, so that nothing stays broken: faults at once, seconds each, milliseconds of a delay. */
export const faultLimits = { faults: 64, afterSeconds: 86_400, forSeconds: 3600, delayMs: 10_000 };
