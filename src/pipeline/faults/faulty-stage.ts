import { TimeoutError } from '../deadline.ts';
import type { Run } from '../run.ts';
import type { Stage } from '../stage.ts';
import type { Strike } from './fault-play.ts';

/** What may happen to a stage. */
export interface StageStrikes {
  readonly slow: (run: Run) => Strike<'slow-stage'> | undefined;
  readonly failing: (run: Run) => Strike<'failing-stage'> | undefined;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** A stage that throws or begins late, and gives up as a stage does whose time is up. */
export function faultyStage(stage: Stage, { slow, failing, sleep }: StageStrikes): Stage {
  const begin = async (run: Run, delayMs: number) => {
    const limitMs = Math.max(0, Math.min(run.remainingMs(), stage.budgetMs ?? delayMs));
    await sleep(Math.min(delayMs, limitMs));
    if (delayMs > limitMs) throw new TimeoutError(limitMs);
  };
  return {
    ...stage,
    run(run, probe) {
      const broken = failing(run);
      if (broken !== undefined) throw new Error(`fault ${broken.fault.name} is in place`);
      const late = slow(run);
      if (late === undefined) return stage.run(run, probe);
      return begin(run, late.fault.delayMs * late.strength).then(() => stage.run(run, probe));
    },
  };
}
