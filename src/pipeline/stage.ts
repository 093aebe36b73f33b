import type { Degradation, StageName } from '../domain/degradation.ts';
import type { Run } from './run.ts';

/** What one stage hands to later ones. */
export type Column = 'intent' | 'candidates' | 'user' | 'scores' | 'order' | 'slate';

/**
 * One step of the pipeline. An author writes `run`; the executor owns the clock, the counts, the budget,
 * the check of the output, the telemetry and what happens instead.
 */
export interface Stage {
  readonly name: StageName;
  /** The method of the stage, for labels: `union`, `blend`, `mmr`. */
  readonly component: string;
  /** The algorithms that run inside it, in order. */
  readonly components: readonly string[];
  /** Those of them that ask a model which learnt from a graph; absent is none. */
  readonly graphComponents?: readonly string[] | undefined;
  /** Columns that must have been provided before; checked when the work is built. */
  readonly needs: readonly Column[];
  readonly provides: readonly Column[];
  /**
   * When `run` throws or is late: `failOpen` goes on without it, `fallback` runs `instead`,
   * `failClosed` serves nothing of what it should have judged.
   */
  readonly onError: 'failOpen' | 'failClosed' | 'fallback';
  /** Essential stages run even when the budget is spent: they are cheap, or guard what is served. */
  readonly essential: boolean;
  /** Milliseconds this stage may take; the request's deadline holds too. */
  readonly budgetMs: number | undefined;
  /**
   * Does the work. `probe` times the algorithms inside and takes their failures. What it waits for it gives
   * up itself, one by one, with `byDeadline`: a second timer around them all could fire before theirs.
   */
  run(run: Run, probe: Probe): void | Promise<void>;
  /** What is done instead of `run`, for `fallback`. */
  instead?(run: Run): void;
}

/** How a stage tells the executor what its algorithms did. */
export interface Probe {
  /** Ends the turn of component `c` of this stage: `count` hits found, or candidates removed. */
  lap(c: number, count: number): void;
  /** Component `c` failed and is left out; the answer may change by it. */
  failed(c: number, cause: unknown): void;
  /** Component `c` did less than asked, or nothing where the coverage is 0, for a reason that it knows itself. */
  degraded(c: number, why: Omit<Degradation, 'stage' | 'component'>): void;
}
