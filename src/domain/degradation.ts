/**
 * The closed list of reasons why an answer was less than asked. The same words stand in the
 * response, the metric label, the span attribute and the log line.
 */
export const degradationReasons = [
  'none',
  'timeout.stage',
  'timeout.request',
  'timeout.adaptive',
  'budget.exhausted',
  'dependency.error',
  'dependency.unavailable',
  'breaker.open',
  'bulkhead.full',
  'shed.concurrency',
  'shed.eventloop',
  'shed.quality_factor',
  'model.unavailable',
  'model.not_ready',
  'model.invalid_output',
  'model.version_mismatch',
  'feature.missing',
  'feature.stale',
  'candidates.empty',
  'candidates.insufficient',
  'plugin.error',
  'plugin.contract',
  'config.unknown_variant',
  'upstream.cancelled',
] as const;

/** A reason, or `none`. */
export type DegradationReason = (typeof degradationReasons)[number];

/** The place of a reason in `degradationReasons`, for records kept in numbers. */
export const reasonCode: Readonly<Record<DegradationReason, number>> = Object.fromEntries(
  degradationReasons.map((reason, code) => [reason, code]),
) as Record<DegradationReason, number>;

/** What was done about a degradation. */
export type DegradationAction =
  | 'default_value'
  | 'skip_stage'
  | 'skip_component'
  | 'fallback_component'
  | 'fallback_pipeline'
  | 'partial';

/** One thing that made an answer less than asked. */
export interface Degradation {
  readonly stage: StageName;
  readonly component: string;
  readonly reason: Exclude<DegradationReason, 'none'>;
  readonly action: DegradationAction;
  /** Whether it changed what was served; `fallback_reason` is the first that did. */
  readonly changedSlate: boolean;
  /** Share of what was asked that is there, 0 to 1. */
  readonly coverage?: number | undefined;
  /** The error that led to it, for the log line only. */
  readonly cause?: unknown;
}

/** The six stages in their default order, and `custom`, which plugins fill. Records keep places: new names go last. */
export const stageNames = [
  'intent',
  'retrieve',
  'features',
  'score',
  'rerank',
  'filter',
  'custom',
] as const;

/** The name of a pipeline stage. */
export type StageName = (typeof stageNames)[number];
