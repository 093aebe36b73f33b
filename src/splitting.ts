import type { Clock } from './domain/clock.ts';
import type { ExperimentStatus, Experiments } from './experiments/experiments.ts';
import { keysSince } from './signals/arms.ts';
import type { SignalReports } from './signals/index.ts';
import type { Emit } from './telemetry/facts.ts';

/** Moves the split of each experiment by what its arms achieve. */
export interface Splitting {
  /** Takes in what the signal of the arms reports. */
  consider(report: SignalReports['arms']): void;
}

/** What splitting needs. */
export interface SplittingOptions {
  readonly experiments: Experiments;
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
      if (clock.monotonic() - lookedAt < everySeconds * 1000) return;
      for (const status of experiments.status()) {
        const measured = measure(status, report);
        if (measured === undefined) continue;
        const decision = experiments.calibrate(status.name, measured);
        // Before there are outcomes enough for both nothing can change, so looking again soon does no harm.
        const isKnown = decision.drift !== undefined && decision.mismatch !== undefined;
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

/** What the arms of an experiment achieved; undefined before one of them has served. */
function measure(
  { name, control, treatment, sinceMs }: ExperimentStatus,
  report: SignalReports['arms'],
) {
  const armOf = (wanted: string) =>
    report.arms.find(({ experiment, variant }) => experiment === name && variant === wanted);
  const [before, tried] = [armOf(control.name), armOf(treatment.name)];
  if (before === undefined && tried === undefined) return undefined;
  const keysOf = (arm: typeof before) => (arm === undefined ? 0 : keysSince(report, arm, sinceMs));
  return {
    control: before?.table ?? nothing,
    treatment: tried?.table ?? nothing,
    assigned: { control: keysOf(before), treatment: keysOf(tried) },
  };
}

const nothing = [0, 0, 0, 0];
