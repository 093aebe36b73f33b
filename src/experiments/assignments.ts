import { type Assignment, type AssignmentReason, assignmentReasons } from '../domain/assignment.ts';
import type { RecommendRequest } from '../domain/recommend-request.ts';
import type { Arm, Experiment } from './experiment.ts';
import type { Evaluation } from './flags.ts';

/** What an experiment looks at in a request. */
export type AssignableRequest = Pick<
  RecommendRequest,
  | 'user'
  | 'session'
  | 'segment'
  | 'catalog'
  | 'graphId'
  | 'subgraphHash'
  | 'forcedVariant'
  | 'timeoutMs'
>;

/** Every assignment that an experiment can give, made once, so that a request allocates none. */
export type Assignments = Readonly<Record<Arm, Readonly<Record<AssignmentReason, Assignment>>>>;

/** Reasons that say that a provider chose by the key. */
const chosen: readonly AssignmentReason[] = [
  'split',
  'targeting_match',
  'cached',
  'stale',
  'unknown',
];

/**
 * Makes the assignments of an experiment. Only the provider of Sightline tells a split from a rule, so of any other
 * provider rules count for the experiment as well.
 */
export function createAssignments(
  experiment: Experiment,
  { provider, isBuiltin }: { readonly provider: string; readonly isBuiltin: boolean },
): Assignments {
  const counted = isBuiltin ? ['split'] : chosen;
  const of = (arm: Arm) => {
    const { name: variant, work } = experiment[arm];
    const shared = {
      experiment: experiment.name,
      variant,
      name: `${experiment.name}/${variant}`,
      work,
      by: experiment.by,
      provider,
    };
    const made = assignmentReasons.map((reason) => [
      reason,
      { ...shared, reason, isCounted: counted.includes(reason) },
    ]);
    return Object.fromEntries(made) as Record<AssignmentReason, Assignment>;
  };
  return { control: of('control'), treatment: of('treatment') };
}

/** The arm that a name stands for; undefined where the experiment has none of that name. */
export function armOf({ control, treatment }: Experiment, variant: string): Arm | undefined {
  if (variant === control.name) return 'control';
  return variant === treatment.name ? 'treatment' : undefined;
}

/** The arm that an evaluation names, and why. What went wrong is control. */
export function readEvaluation(
  experiment: Experiment,
  { value, reason, errorCode }: Evaluation,
): { readonly arm: Arm; readonly reason: AssignmentReason } {
  const arm = armOf(experiment, value);
  const wrong = failureOf(reason, errorCode) ?? (arm === undefined ? 'unknown_variant' : undefined);
  if (arm === undefined || wrong !== undefined) return { arm: 'control', reason: wrong ?? 'error' };
  const word = reason?.toLowerCase() as AssignmentReason;
  const isKnown = chosen.includes(word) || ['default', 'static', 'disabled'].includes(word);
  return { arm, reason: isKnown ? word : 'unknown' };
}

function failureOf(
  reason: string | undefined,
  errorCode: string | undefined,
): AssignmentReason | undefined {
  if (reason === 'LATE') return 'late';
  if (errorCode === undefined) return reason === 'ERROR' ? 'error' : undefined;
  if (errorCode === 'TARGETING_KEY_MISSING') return 'no_key';
  if (errorCode === 'FLAG_NOT_FOUND') return 'unknown_variant';
  return /^PROVIDER_(?:NOT_READY|FATAL)$/.test(errorCode) ? 'not_ready' : 'error';
}

/** The key that chooses the arm of a request, or empty. */
export function targetingKeyOf(
  { by }: Pick<Experiment, 'by'>,
  { user, session, subgraphHash }: AssignableRequest,
): string {
  return (by === 'subgraph' ? subgraphHash : (user ?? session)) ?? '';
}
