import { reasonCode } from '../domain/degradation.ts';
import { degradeStage, endOf } from './outcome.ts';
import type { Run } from './run.ts';
import { RunProbe } from './run-probe.ts';
import type { Work } from './work.ts';

/** Codes of `stageOutcomes`. */
const ok = 0;
const skipped = 2;
const degraded = 3;

/**
 * Runs a work's stages in order over a started run and leaves the slate in it. Never throws: what fails is
 * replaced as the stage's policy says, and named in the record. Synchronous as long as every stage is.
 */
export function execute(work: Work, run: Run, monotonic: () => number): void | Promise<void> {
  const probe = new RunProbe(work, run, monotonic);
  return advance({ work, run, probe, monotonic }, 0);
}

interface Execution {
  readonly work: Work;
  readonly run: Run;
  readonly probe: RunProbe;
  readonly monotonic: () => number;
}

function advance(execution: Execution, from: number): void | Promise<void> {
  const { stages } = execution.work;
  for (let s = from; s < stages.length; s++) {
    const pending = runStage(execution, s);
    if (pending !== undefined) return pending.then(() => advance(execution, s + 1));
  }
  endOf(execution.work, execution.run);
}

function runStage(execution: Execution, s: number): void | Promise<void> {
  const { work, run, probe, monotonic } = execution;
  const stage = work.stages[s];
  const { record } = run;
  const start = monotonic();
  record.stageStart[s] = start;
  record.stageIn[s] = run.candidates.count;
  if (!stage.essential && start >= run.deadline.workUntil) return skip(execution, s);
  probe.begin(s, start);
  try {
    const pending = stage.run(run, probe);
    if (pending === undefined) return end(execution, s, ok);
    return pending.then(
      () => end(execution, s, ok),
      (cause) => replace(execution, s, cause),
    );
  } catch (cause) {
    return replace(execution, s, cause);
  }
}

function skip(execution: Execution, s: number): void {
  const { run, work } = execution;
  const stage = work.stages[s];
  stage.instead?.(run);
  degradeStage(run, stage, { reason: 'budget.exhausted' });
  run.record.stageReason[s] = reasonCode['budget.exhausted'];
  end(execution, s, skipped);
}

function replace(execution: Execution, s: number, cause: unknown): void {
  const { run, work, probe } = execution;
  const stage = work.stages[s];
  probe.end();
  stage.instead?.(run);
  if (stage.onError === 'failClosed') run.slateCount = 0;
  const reason = degradeStage(run, stage, { cause });
  run.record.stageReason[s] = reasonCode[reason];
  end(execution, s, degraded);
}

function end({ run, work, probe, monotonic }: Execution, s: number, outcome: number): void {
  const { record } = run;
  record.stageEnd[s] = monotonic();
  record.stageOut[s] = work.stages[s].name === 'filter' ? run.slateCount : run.candidates.count;
  record.stageOutcome[s] = outcome === ok ? probe.end() : outcome;
}
