import type { Clock } from '../../domain/clock.ts';
import type { TrainingPhase } from '../../telemetry/fact-values.ts';
import type { Emit } from '../../telemetry/facts.ts';
import type { WorkSpan } from '../../telemetry/work-span.ts';

/** A phase that is over. */
export interface PhaseTime {
  readonly phase: TrainingPhase;
  readonly seconds: number;
}

/** The phases of a run, one after the other. */
export interface RunPhases {
  /** Ends the phase before and begins one, of a model or of all; one that is on already goes on. */
  enter(phase: TrainingPhase, model?: string): void;
  /** Ends the phase that is on. */
  leave(options?: { readonly isError?: boolean }): void;
  /** Seconds of each phase so far, all models together, in order of their first time. */
  times(): readonly PhaseTime[];
}

/** Times the phases of a run: each becomes a span and a fact. */
export function createRunPhases({
  run,
  span,
  clock,
  emit,
}: {
  readonly run: string;
  readonly span: WorkSpan;
  readonly clock: Clock;
  readonly emit: Emit;
}): RunPhases {
  const sums = new Map<TrainingPhase, number>();
  let on: { phase: TrainingPhase; model: string; part: WorkSpan; startedAt: number } | undefined;
  const leave: RunPhases['leave'] = ({ isError = false } = {}) => {
    if (on === undefined) return;
    const { phase, model, part, startedAt } = on;
    on = undefined;
    const seconds = (clock.monotonic() - startedAt) / 1000;
    sums.set(phase, (sums.get(phase) ?? 0) + seconds);
    part.end({ isError });
    emit('training.phase_ended', { run, phase, model, seconds });
  };
  return {
    enter(phase, model = '') {
      if (on?.phase === phase && on.model === model) return;
      leave();
      const attributes = model === '' ? {} : { 'sightline.model': model };
      const part = span.child(`training ${phase}`, attributes);
      on = { phase, model, part, startedAt: clock.monotonic() };
    },
    leave,
    times: () => [...sums].map(([phase, seconds]) => ({ phase, seconds })),
  };
}
