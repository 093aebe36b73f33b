/** The moment an answer is due, in milliseconds of the monotonic clock; `work` ends a tail before it. */
export interface Deadline {
  readonly dueAt: number;
  /** Stages must end by here: the tail after it is for the ladder and for rendering. */
  readonly workUntil: number;
}

/** Share of the budget that is kept as tail, and the longest tail in milliseconds. */
const tailShare = 0.1;
const longestTailMs = 5;

/**
 * The deadline of a request: what the caller asks for, capped, else the work's default.
 *
 * @example deadlineFor({ startedAt: 0, askedMs: 50, budgetMs: 100, maxBudgetMs: 1000 }) // { dueAt: 50, workUntil: 45 }
 */
export function deadlineFor(options: {
  readonly startedAt: number;
  readonly askedMs: number | undefined;
  readonly budgetMs: number;
  readonly maxBudgetMs: number;
}): Deadline {
  const { startedAt, askedMs, budgetMs, maxBudgetMs } = options;
  const budget = Math.min(askedMs ?? budgetMs, maxBudgetMs);
  const tail = Math.min(longestTailMs, budget * tailShare);
  return { dueAt: startedAt + budget, workUntil: startedAt + budget - tail };
}

/**
 * Settles with the work, or rejects with `TimeoutError` when it is not done by `until`.
 * The work itself goes on; its result is dropped.
 */
export function byDeadline<T>(work: PromiseLike<T>, waitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError(waitMs)), Math.max(0, waitMs));
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** A component was not done when its time was up. */
export class TimeoutError extends Error {
  constructor(waitMs: number) {
    super(`not done after ${waitMs.toFixed(1)} ms`);
    this.name = 'TimeoutError';
  }
}
