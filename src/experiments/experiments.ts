import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import { assign } from './assign.ts';
import {
  type Arm,
  defineExperiment,
  type Experiment,
  type ExperimentOptions,
  type Variant,
} from './experiment.ts';
import {
  createSplitCalibration,
  type SplitCalibration,
  type SplitState,
} from './split-calibration.ts';
import type { Decision, SplitMeasurements } from './split-decision.ts';

/** Which variant of its experiment a request gets. */
export interface Assignment {
  readonly experiment: string;
  readonly variant: string;
  /** The work that serves it. */
  readonly work: string;
  /** `split` where the targeting key chose the arm; all others are control. */
  readonly reason: 'split' | 'no_key' | 'disabled' | 'killed';
  /** `experiment/variant` of a request that counts for the experiment, empty where nothing was split. */
  readonly label: string;
}

/** What the control port tells of an experiment. */
export interface ExperimentStatus {
  readonly name: string;
  readonly work: string;
  readonly control: Variant;
  readonly treatment: Variant;
  readonly state: SplitState;
  /** Share of treatment in force, 0 where nobody is split. */
  readonly share: number;
  /** Since when, epoch milliseconds. */
  readonly sinceMs: number;
  /** What the last measurement under this state led to. */
  readonly decision: Decision | undefined;
}

/** The experiments of a gateway. What takes a name throws `SL_NOT_FOUND` on one that is not declared. */
export interface Experiments {
  /** The variant of a request to a work; undefined for a work without experiment. O(length of the key). */
  assign(work: string, targetingKey: string | undefined): Assignment | undefined;
  /** Judges a measurement and moves the share; see `createSplitCalibration`. */
  calibrate(name: string, measurements: SplitMeasurements): Decision;
  status(): readonly ExperimentStatus[];
  /** Gives everybody control at once, until `revive`. */
  kill(name: string): void;
  /** Splits again after `kill`, with the share of the start. */
  revive(name: string): void;
}

/**
 * Makes the experiments out of their configuration, by name; `crossCheckExperiments` sees to it that a work has one at
 * most.
 *
 * @example
 * createExperiments(config.experiments, { clock }).assign('home', 'user-1');
 * // { experiment: 'new-blend', variant: 'control', work: 'home', reason: 'split', label: 'new-blend/control' }
 */
export function createExperiments(
  definitions: Readonly<Record<string, ExperimentOptions>>,
  { clock }: { readonly clock: Clock },
): Experiments {
  const running = new Map(
    Object.entries(definitions).map(([name, options]) => [
      name,
      run(defineExperiment(name, options), clock),
    ]),
  );
  const byWork = new Map([...running.values()].map((one) => [one.experiment.work, one]));
  const named = (name: string): Running => {
    const one = running.get(name);
    if (one !== undefined) return one;
    const known = [...running.keys()].join(', ') || 'none, no experiment is declared';
    throw new SightlineError('SL_NOT_FOUND', `experiment is ${name}, expected one of ${known}`);
  };
  const switchOver = (name: string, to: 'kill' | 'revive') => {
    const one = named(name);
    const before = one.split.state;
    one.split[to](clock.monotonic());
    if (one.split.state !== before) one.decision = undefined;
  };
  return {
    assign(work, targetingKey) {
      const one = byWork.get(work);
      return one === undefined ? undefined : assignmentOf(one, targetingKey);
    },
    calibrate(name, measurements) {
      const one = named(name);
      one.decision = one.split.update(measurements, clock.monotonic());
      return one.decision;
    },
    status: () => [...running.values()].map((one) => statusOf(one, clock)),
    kill: (name) => switchOver(name, 'kill'),
    revive: (name) => switchOver(name, 'revive'),
  };
}

interface Running {
  readonly experiment: Experiment;
  readonly split: SplitCalibration;
  /** Made once, so that a request allocates none. */
  readonly assignments: Readonly<Record<Arm | Exclude<Assignment['reason'], 'split'>, Assignment>>;
  decision: Decision | undefined;
}

function run(experiment: Experiment, clock: Clock): Running {
  const { name, control, treatment } = experiment;
  const made = (variant: Variant, reason: Assignment['reason']): Assignment => ({
    experiment: name,
    variant: variant.name,
    work: variant.work,
    reason,
    label: reason === 'split' ? `${name}/${variant.name}` : '',
  });
  return {
    experiment,
    split: createSplitCalibration(experiment, { startedAtMs: clock.monotonic() }),
    assignments: {
      control: made(control, 'split'),
      treatment: made(treatment, 'split'),
      no_key: made(control, 'no_key'),
      disabled: made(control, 'disabled'),
      killed: made(control, 'killed'),
    },
    decision: undefined,
  };
}

function assignmentOf(
  { experiment, split, assignments }: Running,
  targetingKey: string | undefined,
): Assignment {
  const { state } = split;
  if (state !== 'split') return assignments[state];
  if (targetingKey === undefined || targetingKey === '') return assignments.no_key;
  return assignments[assign(experiment, targetingKey, split.share)];
}

function statusOf({ experiment, split, decision }: Running, clock: Clock): ExperimentStatus {
  const { name, work, control, treatment } = experiment;
  const { state, share } = split;
  const sinceMs = clock.now() - (clock.monotonic() - split.sinceMs);
  return { name, work, control, treatment, state, share, sinceMs, decision };
}
