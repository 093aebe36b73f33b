import type { MarkMeaning, PlainMark } from './marks.ts';

/** A label that only the hits of a measure have, besides those of their leaf. */
export type HitLabel = 'stage' | 'reason';

/** What is measured at the leaves of the cube. */
export interface Measure {
  /** `count`: a number of hits; `ratio`: hits among trials. */
  readonly kind: 'count' | 'ratio';
  /** Which way is worth an alarm. */
  readonly direction: 'up' | 'down' | 'both';
  /** Labels by which its hits are told apart; each of their values has all trials of its leaf. */
  readonly hitLabels: readonly HitLabel[];
  readonly about: string;
  /** Whether a mark is of a hit; `slowFrom` is the first latency bucket that is slow. */
  isHit(meaning: MarkMeaning, slowFrom: number): boolean;
  /** Whether a mark is of a trial; counts have none. */
  isTrial(meaning: MarkMeaning): boolean;
}

const isPlain = (wanted: PlainMark) => (meaning: MarkMeaning) =>
  meaning.kind === 'plain' && meaning.name === wanted;
const isTime = ({ kind }: MarkMeaning) => kind === 'time';

/** The measures of the cube. */
export const measures = {
  requests: {
    kind: 'count',
    direction: 'both',
    hitLabels: [],
    about: 'Requests answered',
    isHit: isPlain('requests'),
    isTrial: () => false,
  },
  fallbacks: {
    kind: 'ratio',
    direction: 'up',
    hitLabels: ['stage', 'reason'],
    about: 'Share of requests where a degradation changed what was shown',
    isHit: ({ kind }) => kind === 'fallback',
    isTrial: isPlain('requests'),
  },
  degraded: {
    kind: 'ratio',
    direction: 'up',
    hitLabels: ['stage', 'reason'],
    about: 'Share of requests with a degradation that changed nothing of what was shown',
    isHit: ({ kind }) => kind === 'degraded',
    isTrial: isPlain('requests'),
  },
  slow: {
    kind: 'ratio',
    direction: 'up',
    hitLabels: ['stage'],
    about:
      'Share of requests that took longer than nearly all did before, by the stage that took longest',
    isHit: (meaning, slowFrom) => meaning.kind === 'time' && meaning.bucket >= slowFrom,
    isTrial: isTime,
  },
  empty: {
    kind: 'ratio',
    direction: 'up',
    hitLabels: [],
    about: 'Share of requests that showed nothing',
    isHit: isPlain('empty'),
    isTrial: isPlain('requests'),
  },
  errors: {
    kind: 'ratio',
    direction: 'up',
    hitLabels: [],
    about: 'Share of requests answered with an error',
    isHit: isPlain('errors'),
    isTrial: isPlain('requests'),
  },
  clicks: {
    kind: 'ratio',
    direction: 'both',
    hitLabels: [],
    about:
      'Clicks per item shown; a fall is the bad one, but a rise may be somebody who clicks by machine',
    isHit: isPlain('clicks'),
    isTrial: isPlain('exposures'),
  },
  missing: {
    kind: 'ratio',
    direction: 'up',
    hitLabels: [],
    about: 'Share of the features read that were not there',
    isHit: isPlain('featuresMissing'),
    isTrial: isPlain('featuresAsked'),
  },
} as const satisfies Record<string, Measure>;

/** The name of a measure. */
export type MeasureName = keyof typeof measures;

/** Whether a text is the name of a measure. */
export function isMeasure(name: string): name is MeasureName {
  return Object.hasOwn(measures, name);
}
