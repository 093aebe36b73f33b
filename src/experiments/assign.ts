import type { Assignment } from '../domain/assignment.ts';
import {
  type AssignableRequest,
  type Assignments,
  armOf,
  readEvaluation,
  targetingKeyOf,
} from './assignments.ts';
import type { Arm, Experiment } from './experiment.ts';
import type { Flags } from './flags.ts';
import type { SplitCalibration } from './split-calibration.ts';

/** What assigns the requests of one experiment. */
export interface Assigning {
  readonly experiment: Experiment;
  readonly split: Pick<SplitCalibration, 'state'>;
  readonly assignments: Assignments;
  readonly flags: Pick<Flags, 'evaluate'>;
}

/**
 * The variant of a request: what somebody forced, or control where nobody is split or no key is there, or else what the
 * provider says of the key. Never rejects.
 */
export function assign(
  { experiment, split, assignments, flags }: Assigning,
  request: AssignableRequest,
): Assignment | Promise<Assignment> {
  const { forcedVariant } = request;
  const { state } = split;
  if (forcedVariant !== undefined) {
    const arm = forcedArm(experiment, forcedVariant);
    return arm === undefined ? assignments.control.unknown_variant : assignments[arm].forced;
  }
  if (state !== 'split') return assignments.control[state];
  const targetingKey = targetingKeyOf(experiment, request);
  if (targetingKey === '') return assignments.control.no_key;
  return flags
    .evaluate({
      flag: experiment.name,
      otherwise: experiment.control.name,
      context: contextOf(experiment, request, targetingKey),
      withinMs: request.timeoutMs,
    })
    .then((found) => {
      const { arm, reason } = readEvaluation(experiment, found);
      return assignments[arm][reason];
    });
}

function forcedArm(experiment: Experiment, forced: string): Arm | undefined {
  const slash = forced.indexOf('/');
  if (forced.slice(0, slash) !== experiment.name) return undefined;
  return armOf(experiment, forced.slice(slash + 1));
}

/** What a provider may look at. What the request does not say is left out. */
function contextOf({ work }: Experiment, request: AssignableRequest, targetingKey: string) {
  const { user, session, segment, catalog, graphId, subgraphHash } = request;
  return {
    targetingKey,
    work,
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session }),
    ...(segment !== undefined && { segment }),
    ...(catalog !== undefined && { catalog }),
    ...(graphId !== undefined && { graphId }),
    ...(subgraphHash !== undefined && { subgraphHash }),
  };
}
