/** What sets off a new generation. */
export type ChangeTrigger =
  | 'start'
  | 'control'
  | 'file'
  | 'announcement'
  | 'retraining'
  | 'training'
  | 'rollback';

/** What sets off a training run: a start without models, the timer, new events, the control port or a shell; a metric label. */
export const trainingTriggers = ['start', 'timer', 'import', 'manual'] as const;
export type TrainingTrigger = (typeof trainingTriggers)[number];

/**
 * What a training run came to; a metric label. `partial`: some models failed, others serve; `held`: the generation waits to be
 * promoted; `rejected`: the gate let no model pass, and none failed.
 */
export const trainingOutcomes = [
  'published',
  'partial',
  'held',
  'rejected',
  'failed',
  'cancelled',
] as const;
export type TrainingOutcome = (typeof trainingOutcomes)[number];

/** The parts of a training run; a metric label. */
export const trainingPhases = ['load', 'train', 'evaluate', 'gate', 'publish'] as const;
export type TrainingPhase = (typeof trainingPhases)[number];

/** Why a candidate may not serve; a metric label. */
export const gateReasons = ['unsound', 'slow', 'narrow', 'worse', 'too_few_cases'] as const;
export type GateReason = (typeof gateReasons)[number];

/**
 * Why a request is not let in; a metric label. `unknown`: no such key; `scope` and `tenant`: the key is not good for the
 * route; `rate` and `quota`: too many of the key; `guessing`: too many wrong keys came from there.
 */
export const accessRefusals = [
  'missing',
  'unknown',
  'scope',
  'tenant',
  'rate',
  'quota',
  'guessing',
] as const;
export type AccessRefusal = (typeof accessRefusals)[number];

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
