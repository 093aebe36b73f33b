import { quantileSorted } from 'simple-statistics';
import type { PostAnswer } from './target.ts';

/** What happened to one recommendation that was asked for. */
export interface Asked {
  /** HTTP status, or 0 when no answer came. */
  readonly status: number;
  readonly ms: number;
  /** Position of the click that really happened, 0 is first; -1 when it is not in the answer. */
  readonly rank: number;
  readonly returned: number;
  readonly strategy: string;
  /** A degradation's code, or `none`. */
  readonly fallbackReason: string;
}

/** Quantiles of a duration in milliseconds; null where nothing was measured. */
export interface Latency {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The result of a replay, as `--json` prints it. */
export interface ReplayReport {
  readonly work: string;
  readonly n: number;
  readonly sessions: number;
  readonly clicks: number;
  readonly requests: number;
  readonly seconds: number;
  readonly requests_per_second: number;
  /** Share of requests whose answer held the next click. */
  readonly hit_rate: number;
  /** Mean of 1 / position of the next click, 0 where it was missing. */
  readonly mrr: number;
  /** Mean number of items in an answer. */
  readonly returned: number;
  readonly latency_ms: Latency;
  readonly feedback_latency_ms: Latency;
  /** How far the replay fell behind its own schedule at most. */
  readonly late_ms: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly feedback_statuses: Readonly<Record<string, number>>;
  readonly strategies: Readonly<Record<string, number>>;
  readonly fallback_reasons: Readonly<Record<string, number>>;
  /** Clicks that the gateway refused one by one. */
  readonly rejected: number;
  /** Answers of 500 and above, to either call. */
  readonly server_errors: number;
  /** Calls without an answer: refused, broken off, or timed out. */
  readonly unanswered: number;
}

/** Counts what a replay saw. */
export class Tally {
  sessions = 0;
  clicks = 0;
  lateMs = 0;
  requests = 0;
  hits = 0;
  serverErrors = 0;
  unanswered = 0;
  rejected = 0;
  /** Calls without an answer since the last answer. */
  unansweredInRow = 0;
  #reciprocalRanks = 0;
  #returned = 0;
  readonly #ms: number[] = [];
  readonly #feedbackMs: number[] = [];
  readonly #statuses = new Map<string, number>();
  readonly #feedbackStatuses = new Map<string, number>();
  readonly #strategies = new Map<string, number>();
  readonly #fallbackReasons = new Map<string, number>();

  asked({ status, ms, rank, returned, strategy, fallbackReason }: Asked): void {
    this.requests += 1;
    this.#failure(status);
    count(this.#statuses, statusName(status));
    if (status !== 200) return;
    this.#ms.push(ms);
    this.#returned += returned;
    count(this.#strategies, strategy);
    count(this.#fallbackReasons, fallbackReason);
    if (rank < 0) return;
    this.hits += 1;
    this.#reciprocalRanks += 1 / (rank + 1);
  }

  posted({ status, rejected }: PostAnswer, ms: number): void {
    this.rejected += rejected;
    this.#failure(status);
    count(this.#feedbackStatuses, statusName(status));
    if (status >= 200 && status < 300) this.#feedbackMs.push(ms);
  }

  report(of: { work: string; n: number; seconds: number }): ReplayReport {
    const requests = Math.max(1, this.requests);
    return {
      work: of.work,
      n: of.n,
      sessions: this.sessions,
      clicks: this.clicks,
      requests: this.requests,
      seconds: round(of.seconds, 3),
      requests_per_second: round(this.requests / Math.max(of.seconds, 0.001), 1),
      hit_rate: round(this.hits / requests, 4),
      mrr: round(this.#reciprocalRanks / requests, 4),
      returned: round(this.#returned / requests, 2),
      latency_ms: latency(this.#ms),
      feedback_latency_ms: latency(this.#feedbackMs),
      late_ms: round(this.lateMs, 1),
      statuses: Object.fromEntries(this.#statuses),
      feedback_statuses: Object.fromEntries(this.#feedbackStatuses),
      strategies: Object.fromEntries(this.#strategies),
      fallback_reasons: Object.fromEntries(this.#fallbackReasons),
      rejected: this.rejected,
      server_errors: this.serverErrors,
      unanswered: this.unanswered,
    };
  }

  #failure(status: number): void {
    this.unansweredInRow = status === 0 ? this.unansweredInRow + 1 : 0;
    if (status === 0) this.unanswered += 1;
    if (status >= 500) this.serverErrors += 1;
  }
}

function statusName(status: number): string {
  return status === 0 ? 'unanswered' : String(status);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function latency(ms: readonly number[]): Latency {
  if (ms.length === 0) return { p50: null, p90: null, p99: null, max: null };
  const sorted = Float64Array.from(ms).sort() as unknown as number[];
  const at = (share: number) => round(quantileSorted(sorted, share), 3);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
