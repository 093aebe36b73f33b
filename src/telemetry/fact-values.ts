/** What sets off a new generation. */
export type ChangeTrigger =
  | 'start'
  | 'control'
  | 'file'
  | 'announcement'
  | 'retraining'
  | 'rollback';

/** How a wave of reads of a store ended; a metric label. */
export const fetchOutcomes = [
  'ok',
  'partial',
  'timeout',
  'unavailable',
  'error',
  'breaker_open',
  'bulkhead_full',
] as const;
export type FetchOutcome = (typeof fetchOutcomes)[number];

/** Whether a store is asked: always, not for now, or by one wave that tries whether it is back; a metric label. */
export const breakerStates = ['closed', 'half_open', 'open'] as const;
export type BreakerState = (typeof breakerStates)[number];

/** Who called the control port, and what for. */
export interface ControlCall {
  /** Operation id of the route. */
  readonly action: string;
  readonly path: string;
  readonly requestId: string;
  readonly address: string;
  /** Name of the token that the caller showed, `wrong` or `missing`. */
  readonly token: 'control' | 'wrong' | 'missing';
}

/** Values that were counted elsewhere, in the buckets of the series they go to. */
export interface BucketedValues {
  /** One count a bucket, the last one without bound. */
  readonly counts: readonly number[];
  readonly sum: number;
}
