import type { ServingGeneration } from './changes/ingredients.ts';
import type { Assignment } from './domain/assignment.ts';
import { SightlineError } from './domain/errors.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import type { Experiments } from './experiments/experiments.ts';
import { noteAssignment } from './experiments/note-assignment.ts';
import type { LiveGeneration } from './pipeline/generations/live-generation.ts';
import type { Pipeline } from './pipeline/pipeline.ts';
import { Removals } from './pipeline/removals.ts';
import type { Run } from './pipeline/run.ts';
import type { Work } from './pipeline/work.ts';
import type { RequestRecord } from './telemetry/request-record.ts';

/** A dry run that has ended, valid only while it is read. */
export interface DryRun {
  readonly run: Run;
  /** The work that served: that of the variant. */
  readonly work: Work;
  readonly removals: Removals;
  /** The models of the generation, by name. */
  readonly models: ServingGeneration['models'];
  /** The variant that served, and why that one; undefined for a work without experiment. */
  readonly assignment: Assignment | undefined;
}

/** What a dry run is asked. */
export interface DryRequest {
  readonly work: string;
  readonly request: RecommendRequest;
  /** A record that will not be handed over; its identity is settled. */
  readonly record: RequestRecord;
  /** Variants to use instead of the assigned ones, by experiment. */
  readonly variants: Readonly<Record<string, string>>;
}

/** What dry runs run in. */
export interface DryRunParts {
  readonly generations: { readonly current: LiveGeneration<ServingGeneration> };
  readonly pipeline: Pipeline;
}

/**
 * Makes the runner of works for nobody: the same generation, stores and code as for callers, but no session, signal,
 * exposure or series learns of the request. What its stores are asked counts as a read. The run throws
 * `SL_WORK_UNKNOWN`, and `SL_REQUEST_INVALID` for a variant that does not exist.
 */
export function createDryRun({
  generations,
  pipeline,
}: DryRunParts): <T>(asked: DryRequest, read: (done: DryRun) => T) => Promise<T> {
  const runIn = async <T>(
    { experiments, works, models, id }: ServingGeneration,
    { work: name, request: asked, record, variants }: DryRequest,
    read: (done: DryRun) => T,
  ): Promise<T> => {
    const request = { ...asked, forcedVariant: forcedVariant(experiments, name, variants) };
    const assignment = await experiments.assign(name, request);
    const work = works.get(assignment?.work ?? name);
    if (work === undefined)
      throw new SightlineError('SL_WORK_UNKNOWN', `work ${name} is not configured`);
    record.layout = work.layout;
    record.generation = id;
    record.isDryRun = true;
    noteAssignment(record, { assignment, request }, () => {});
    const removals = new Removals();
    return pipeline.run({ work, request, record, seeJudged: removals.see }, (run) =>
      read({ run, work, removals, models, assignment }),
    );
  };
  return async (asked, read) => {
    const live = generations.current;
    return live.hold(() => runIn(live.generation, asked, read));
  };
}

/** The variant that is asked for, if any is. A work has one experiment at most. */
function forcedVariant(
  experiments: Experiments,
  work: string,
  variants: DryRequest['variants'],
): string | undefined {
  const forced = experiments
    .status()
    .find((one) => one.work === work && Object.hasOwn(variants, one.name));
  const stray = Object.keys(variants).find((name) => name !== forced?.name);
  if (stray !== undefined) throw wrong(stray, `is no experiment of work ${work}`);
  if (forced === undefined) return undefined;
  const { name, control, treatment } = forced;
  const variant = variants[name];
  if (variant !== control.name && variant !== treatment.name)
    throw wrong(name, `has no such variant, expected ${control.name} or ${treatment.name}`);
  return `${name}/${variant}`;
}

function wrong(experiment: string, message: string): SightlineError {
  const path = `variants.${experiment}`;
  return new SightlineError('SL_REQUEST_INVALID', `${path} ${message}`, { path });
}
