import type { Latency } from '../replay/tally.ts';
import type { LineOutcome } from './answer-lines.ts';
import { LatencyCounts } from './latency-counts.ts';

/** The summary of an offline run, as `--json` prints it. */
export interface RunSummary {
  readonly work: string;
  readonly workers: number;
  /** Lines that were passed over because the output had them. */
  readonly resumed: number;
  readonly lines: number;
  readonly answered: number;
  readonly refused: number;
  readonly seconds: number;
  readonly lines_per_second: number;
  readonly latency_ms: Latency;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly strategies: Readonly<Record<string, number>>;
  readonly fallback_reasons: Readonly<Record<string, number>>;
  /** Refused lines by error code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Counts what became of lines. */
export class Tally {
  lines = 0;
  answered = 0;
  readonly #latencies = new LatencyCounts();
  readonly #outcomes = new Map<string, number>();
  readonly #strategies = new Map<string, number>();
  readonly #fallbackReasons = new Map<string, number>();
  readonly #errors = new Map<string, number>();

  get refused(): number {
    return this.lines - this.answered;
  }

  add(line: LineOutcome): void {
    this.lines += 1;
    if ('code' in line) {
      count(this.#errors, line.code);
      return;
    }
    this.answered += 1;
    this.#latencies.add(line.ms);
    count(this.#outcomes, line.outcome);
    count(this.#strategies, line.strategy);
    count(this.#fallbackReasons, line.fallbackReason);
  }

  summary(of: Pick<RunSummary, 'work' | 'workers' | 'resumed' | 'seconds'>): RunSummary {
    return {
      ...of,
      lines: this.lines,
      answered: this.answered,
      refused: this.refused,
      seconds: Number(of.seconds.toFixed(3)),
      lines_per_second: Number((this.lines / Math.max(of.seconds, 0.001)).toFixed(1)),
      latency_ms: this.#latencies.latency(),
      outcomes: Object.fromEntries(this.#outcomes),
      strategies: Object.fromEntries(this.#strategies),
      fallback_reasons: Object.fromEntries(this.#fallbackReasons),
      errors: Object.fromEntries(this.#errors),
    };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
