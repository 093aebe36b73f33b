import type { Assignment, AssignmentReason } from '../domain/assignment.ts';
import type { Degradation } from '../domain/degradation.ts';
import type { Emit } from '../telemetry/facts.ts';
import type { RequestRecord } from '../telemetry/request-record.ts';
import { type AssignableRequest, targetingKeyOf } from './assignments.ts';

/** What stands in the degradations where nobody could say which variant it is. */
const troubles: { readonly [Reason in AssignmentReason]?: Degradation['reason'] } = {
  unknown_variant: 'config.unknown_variant',
  not_ready: 'dependency.unavailable',
  late: 'dependency.unavailable',
  error: 'dependency.error',
};

/**
 * Writes which variant serves a request into its record, for its line, span and events, and counts it. That control
 * stands in for a variant that is not known is a degradation; that somebody forced a variant is none.
 */
export function noteAssignment(
  record: RequestRecord,
  {
    assignment,
    request,
  }: { readonly assignment: Assignment | undefined; readonly request: AssignableRequest },
  emit: Emit,
): void {
  if (assignment === undefined) {
    if (request.forcedVariant !== undefined) degrade(record, 'config.unknown_variant');
    return;
  }
  const { experiment, variant, name, reason, isCounted } = assignment;
  record.assignment = assignment;
  record.targetingKey = targetingKeyOf(assignment, request);
  record.variant = isCounted ? name : '';
  const trouble = troubles[reason];
  if (trouble !== undefined) degrade(record, trouble);
  emit('flag.evaluated', { experiment, variant, reason });
}

function degrade(record: RequestRecord, reason: Degradation['reason']): void {
  record.degrade({
    stage: 'intent',
    component: 'experiments',
    reason,
    action: 'default_value',
    changedSlate: false,
  });
}
