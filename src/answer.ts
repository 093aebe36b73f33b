import type { Intent } from './domain/intent.ts';
import type { Slate } from './domain/slate.ts';
import type { Run } from './pipeline/run.ts';
import type { Work } from './pipeline/work.ts';
import type { RequestRecord } from './telemetry/request-record.ts';

/** A finished answer, valid only inside the `render` call: its columns go back to the pool after it. */
export interface Answer {
  readonly slate: Slate;
  /** What the intent stage made of the request. */
  readonly intent: Intent;
  /** Outcome, strategy, generation, degradations and stage columns. */
  readonly record: RequestRecord;
  /** Names of the scorers, in the order of the columns of `contribution`. */
  readonly scorers: readonly string[];
  /** What scorer `s` contributed to position `p` of the slate; asked only for `explain`. */
  contribution(p: number, s: number): number;
}

/** The answer that a finished run holds. */
export function answerOf(run: Run, { scorers }: Work): Answer {
  const { slateCount, slateItems, slateScores, slateSources, slateRows, candidates } = run;
  return {
    slate: { count: slateCount, items: slateItems, scores: slateScores, sources: slateSources },
    intent: run.intent,
    record: run.record,
    scorers,
    contribution: (p, s) => (slateRows[p] < 0 ? 0 : candidates.contribution(s)[slateRows[p]]),
  };
}
