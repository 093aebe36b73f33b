/** Work that follows an answer and may be lost. */
export interface Effect {
  /** What kind of work it is, one of a few names; a metric label. */
  readonly name: string;
  /** Does the work. What it throws or rejects with is counted as a failure and reaches no request. */
  run(): void | Promise<void>;
}

/** How effects end; a metric label. `late`: given up, as the time limit was over. */
export type EffectOutcome = 'done' | 'failed' | 'late';

/** Why effects are dropped; a metric label. `expired`: waited for too long; `closed`: the process stops. */
export type EffectDrop = 'full' | 'expired' | 'closed';
