import type { Clock } from './domain/clock.ts';
import type { ExperimentStatus, Experiments } from './experiments/experiments.ts';
import { groupCount } from './signals/arms/arm-groups.ts';
import { type ArmCounts, keysSince } from './signals/arms.ts';
import type { SignalReports } from './signals/index.ts';
import type { Emit } from './telemetry/facts.ts';

/** Moves the split of each experiment by what its arms achieve. */
export interface Splitting {
  /** Takes in what the signal of the arms reports. */
  consider(report: SignalReports['arms']): void;
}

/** What splitting needs. */
export interface SplittingOptions {
  /** The experiments that serve now. */
  readonly experiments: () => Experiments;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Time between two measured drifts: a test that is looked at all the time errs more often. */
  readonly everySeconds?: number;
}

/** Makes the loop from the outcomes of the arms to the share of treatment. */
export function createSplitting({
  experiments,
  clock,
  emit,
  everySeconds = 60,
}: SplittingOptions): Splitting {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    consider(report) {
      const current = experiments();
      const isDue = clock.monotonic() - lookedAt >= everySeconds * 1000;
      for (const status of current.status()) {
        const arms = armsOf(status, report);
        if (arms.control === undefined && arms.treatment === undefined) continue;
        const { control, treatment } = arms;
        current.observe(status.name, {
          control: control?.sums ?? noSums,
          treatment: treatment?.sums ?? noSums,
        });
        tellDifference(status, emit);
        if (!isDue) continue;
        const measured = measure(status, arms, report);
        const decision = current.calibrate(status.name, measured);
        // Before there are outcomes enough for both nothing can change, so looking again soon does no harm.
        const isTested = decision.mismatch !== undefined || status.by !== 'user';
        const isKnown = decision.drift !== undefined && isTested;
        if (isKnown) lookedAt = clock.monotonic();
        emit('split.calibrated', {
          experiment: status.name,
          share: decision.share,
          drift: decision.drift,
          mismatchPValue: decision.mismatch?.pValue,
        });
        if (decision.changed) {
          const { share, drift = 0 } = decision;
          emit('split.changed', { experiment: status.name, from: status.share, to: share, drift });
        }
      }
    },
  };
}

/** Says how far the arms are apart, where that is known. */
function tellDifference({ name: experiment, results }: ExperimentStatus, emit: Emit): void {
  if (results === undefined) return;
  for (const outcome of ['clicks', 'conversions'] as const) {
    const { value, low, high } = results.difference[outcome];
    if (low < high) emit('arms.compared', { experiment, outcome, value, low, high });
  }
}

interface Arms {
  readonly control: ArmCounts | undefined;
  readonly treatment: ArmCounts | undefined;
}

function armsOf(
  { name, control, treatment }: ExperimentStatus,
  report: SignalReports['arms'],
): Arms {
  const armOf = (wanted: string) =>
    report.arms.find(({ experiment, variant }) => experiment === name && variant === wanted);
  return { control: armOf(control.name), treatment: armOf(treatment.name) };
}

/** What the arms of an experiment achieved in the window. */
function measure(
  { by, sinceMs }: ExperimentStatus,
  { control, treatment }: Arms,
  report: SignalReports['arms'],
) {
  // Keys are counted by session or user: where subgraphs are split, they say nothing about the split.
  const keysOf = (arm: ArmCounts | undefined) =>
    arm === undefined || by !== 'user' ? 0 : keysSince(report, arm, sinceMs);
  return {
    control: control?.table ?? nothing,
    treatment: treatment?.table ?? nothing,
    assigned: { control: keysOf(control), treatment: keysOf(treatment) },
  };
}

const nothing = [0, 0, 0, 0];
const noSums = new Uint32Array(3 * groupCount);
