import { type Degradation, reasonCode } from '../domain/degradation.ts';
import { degradeComponent } from './outcome.ts';
import type { Run } from './run.ts';
import type { Probe } from './stage.ts';
import type { Work } from './work.ts';

/** Codes of `stageOutcomes`. */
const ok = 0;
const partial = 1;
const failed = 4;

/** Writes what the algorithms of the running stage did into the request's record. */
export class RunProbe implements Probe {
  readonly #work: Work;
  readonly #run: Run;
  readonly #monotonic: () => number;
  #stage = 0;
  #lapStart = 0;
  #outcome = ok;
  #open = false;

  constructor(work: Work, run: Run, monotonic: () => number) {
    this.#work = work;
    this.#run = run;
    this.#monotonic = monotonic;
  }

  /** Opens a stage; what comes for an earlier one, from a component that was given up, is not read. */
  begin(stage: number, start: number): void {
    this.#stage = stage;
    this.#lapStart = start;
    this.#outcome = ok;
    this.#open = true;
  }

  /** Closes the stage and answers its outcome code. */
  end(): number {
    this.#open = false;
    return this.#outcome;
  }

  lap(c: number, count: number): void {
    if (!this.#open) return;
    const now = this.#monotonic();
    const { record } = this.#run;
    const at = this.#work.layout.firstComponent[this.#stage] + c;
    record.componentMs[at] += now - this.#lapStart;
    record.componentCount[at] += count;
    this.#lapStart = now;
  }

  failed(c: number, cause: unknown): void {
    if (!this.#open) return;
    const { record } = this.#run;
    const at = this.#work.layout.firstComponent[this.#stage] + c;
    const stage = this.#work.stages[this.#stage];
    const reason = degradeComponent(this.#run, stage, { component: stage.components[c], cause });
    record.componentOutcome[at] = failed;
    record.stageReason[this.#stage] ||= reasonCode[reason];
    this.#outcome = partial;
    this.lap(c, 0);
  }

  degraded(c: number, why: Omit<Degradation, 'stage' | 'component'>): void {
    if (!this.#open) return;
    const { record } = this.#run;
    const { name, components } = this.#work.stages[this.#stage];
    record.degrade({ stage: name, component: components[c], ...why });
    const at = this.#work.layout.firstComponent[this.#stage] + c;
    record.componentOutcome[at] = why.coverage === 0 ? failed : partial;
    record.stageReason[this.#stage] ||= reasonCode[why.reason];
    this.#outcome = partial;
  }
}
