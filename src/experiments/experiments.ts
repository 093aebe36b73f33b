import { isDeepStrictEqual } from 'node:util';
import type { Assignment } from '../domain/assignment.ts';
import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { Emit } from '../telemetry/facts.ts';
import { type ArmRecord, type ArmResults, type ArmSums, createArmRecord } from './arm-results.ts';
import { assign } from './assign.ts';
import { type AssignableRequest, createAssignments } from './assignments.ts';
import {
  type Arm,
  defineExperiment,
  type Experiment,
  type ExperimentOptions,
  type Variant,
} from './experiment.ts';
import type { FlagsOptions } from './flags-schema.ts';
import { openProvider } from './open-provider.ts';
import {
  createSplitCalibration,
  type SplitCalibration,
  type SplitState,
} from './split-calibration.ts';
import type { Decision, SplitMeasurements } from './split-decision.ts';

/** What the control port tells of an experiment. */
export interface ExperimentStatus {
  readonly name: string;
  readonly work: string;
  readonly by: Experiment['by'];
  readonly control: Pick<Variant, 'name' | 'work'>;
  readonly treatment: Pick<Variant, 'name' | 'work'>;
  readonly state: SplitState;
  /** Share of treatment in force, 0 where nobody is split. */
  readonly share: number;
  /** Since when, epoch milliseconds. */
  readonly sinceMs: number;
  /** What the last measurement under this state led to. */
  readonly decision: Decision | undefined;
  /** What the arms achieved under this share; undefined while that is too little to say anything. */
  readonly results: ArmResults | undefined;
}

/** The experiments of a gateway. What takes a name throws `SL_NOT_FOUND` on one that is not declared. */
export interface Experiments {
  /** Who says which variant a request gets, and whether it can (`READY`). */
  readonly provider: { readonly name: string; readonly status: string };
  /**
   * The variant of a request to a work, asked for once; undefined for a work without experiment. A promise only where
   * the provider has to be asked. Never rejects: what cannot be said is control, with the reason.
   */
  assign(work: string, request: AssignableRequest): Assignment | undefined | Promise<Assignment>;
  /** Judges a measurement and moves the share; see `createSplitCalibration`. */
  calibrate(name: string, measurements: SplitMeasurements): Decision;
  /** Takes in what both arms achieved since the start. */
  observe(name: string, sums: Readonly<Record<Arm, ArmSums>>): void;
  status(): readonly ExperimentStatus[];
  /** Gives everybody control at once, until `revive`. */
  kill(name: string): void;
  /** Splits again after `kill`, with the share of the start. */
  revive(name: string): void;
  close(): Promise<void>;
}

/** What experiments are opened with. */
export interface ExperimentsParts {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly flags?: FlagsOptions;
  /** Time until the outcome of a request is known. */
  readonly joinSeconds?: number;
  /** Those that these take the place of: one whose definition is the same goes on with its share and its results. */
  readonly before?: Experiments | undefined;
}

/**
 * Opens the experiments of a configuration, by name; `crossCheckExperiments` sees to it that a work has one at most.
 * Without any, no flag provider is opened. Calibration moves the shares of the built-in provider alone.
 *
 * @example
 * const experiments = await openExperiments(config.experiments, { clock, emit });
 * await experiments.assign('home', { user: 'user-1' });
 * // { experiment: 'new-blend', variant: 'control', work: 'home', reason: 'split', … }
 */
export async function openExperiments(
  definitions: Readonly<Record<string, ExperimentOptions>>,
  parts: ExperimentsParts,
): Promise<Experiments> {
  const { clock, emit, flags: options = { provider: 'builtin' }, joinSeconds = 1800 } = parts;
  const isBuiltin = options.provider === 'builtin';
  const settleMs = 1000 * joinSeconds;
  const before = parts.before && runningOf.get(parts.before);
  const running = runAll(definitions, { clock, isBuiltin, settleMs, before });
  const all = [...running.values()];
  const { flags, follow } = await openProvider(options, {
    experiments: all.map(({ experiment }) => experiment),
    shareOf: (name) => running.get(name)!.split.share,
    emit,
  });
  const { provider } = flags;
  const byWork = new Map(
    all.map(({ experiment, split }) => {
      const assignments = createAssignments(experiment, { provider, isBuiltin });
      return [experiment.work, { experiment, split, assignments, flags }];
    }),
  );
  const changing = <T>(name: string, change: (one: Running) => T): T => {
    const one = named(running, name);
    const { share } = one.split;
    const changed = change(one);
    if (one.split.share !== share) follow();
    return changed;
  };
  const experiments: Experiments = {
    get provider() {
      return { name: provider, status: flags.status() };
    },
    assign(work, request) {
      const one = byWork.get(work);
      return one === undefined ? undefined : assign(one, request);
    },
    calibrate: (name, measurements) =>
      changing(name, (one) => {
        one.decision = one.split.update(measurements, clock.monotonic());
        return one.decision;
      }),
    observe(name, sums) {
      const { split, record } = named(running, name);
      // Of an experiment that was ended the last results stay.
      if (split.state === 'split') record.see(sums, split.sinceMs, clock.monotonic());
    },
    status: () => all.map((one) => statusOf(one, clock)),
    kill: (name) => changing(name, (one) => switchOver(one, 'kill', clock)),
    revive: (name) => changing(name, (one) => switchOver(one, 'revive', clock)),
    close: () => flags.close(),
  };
  runningOf.set(experiments, running);
  return experiments;
}

/** What is known of the experiments that were opened, for those that take their place. */
const runningOf = new WeakMap<Experiments, ReadonlyMap<string, Running>>();

interface Running {
  readonly experiment: Experiment;
  readonly split: SplitCalibration;
  readonly record: ArmRecord;
  decision: Decision | undefined;
}

interface RunOptions {
  readonly clock: Clock;
  readonly isBuiltin: boolean;
  /** Time until the outcome of a request is known. */
  readonly settleMs: number;
  readonly before: ReadonlyMap<string, Running> | undefined;
}

function runAll(
  definitions: Readonly<Record<string, ExperimentOptions>>,
  { clock, isBuiltin, settleMs, before }: RunOptions,
): ReadonlyMap<string, Running> {
  const startedAtMs = clock.monotonic();
  const run = (defined: Experiment): Running => {
    const experiment = isBuiltin ? defined : uncalibrated(defined);
    const same = before?.get(experiment.name);
    if (same !== undefined && isDeepStrictEqual(same.experiment, experiment)) return same;
    const { minSamples } = experiment.calibration;
    return {
      experiment,
      split: createSplitCalibration(experiment, { startedAtMs }),
      record: createArmRecord({ startedAtMs, settleMs, minSamples }),
      decision: undefined,
    };
  };
  const entries = Object.entries(definitions);
  return new Map(entries.map(([name, given]) => [name, run(defineExperiment(name, given))]));
}

/** Whose share is set elsewhere. */
function uncalibrated(experiment: Experiment): Experiment {
  return { ...experiment, calibration: { ...experiment.calibration, enabled: false } };
}

function named(running: ReadonlyMap<string, Running>, name: string): Running {
  const one = running.get(name);
  if (one !== undefined) return one;
  const known = [...running.keys()].join(', ') || 'none, no experiment is declared';
  throw new SightlineError('SL_NOT_FOUND', `experiment is ${name}, expected one of ${known}`);
}

function switchOver(one: Running, to: 'kill' | 'revive', clock: Clock): void {
  const before = one.split.state;
  one.split[to](clock.monotonic());
  if (one.split.state !== before) one.decision = undefined;
}

function statusOf(
  { experiment, split, decision, record }: Running,
  clock: Clock,
): ExperimentStatus {
  const { name, work, by } = experiment;
  const { state, share } = split;
  return {
    name,
    work,
    by,
    control: variantOf(experiment.control),
    treatment: variantOf(experiment.treatment),
    state,
    share,
    sinceMs: clock.now() - (clock.monotonic() - split.sinceMs),
    decision,
    results: record.results(),
  };
}

const variantOf = ({ name, work }: Variant) => ({ name, work });
