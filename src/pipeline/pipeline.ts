import type { Clock } from '../domain/clock.ts';
import type { RecommendRequest } from '../domain/recommend-request.ts';
import type { ItemTable } from '../stores/item-table.ts';
import { type SessionTable, sessionOfUser } from '../stores/session-table.ts';
import type { RequestRecord } from '../telemetry/request-record.ts';
import { deadlineFor } from './deadline.ts';
import { execute } from './executor.ts';
import type { Faults } from './faults.ts';
import { Run, type SeeJudged } from './run.ts';
import type { Work } from './work.ts';

/** Idle runs that are kept for the next requests. */
const poolSize = 64;

/** Runs works over pooled state. */
export interface Pipeline {
  /** Runs a work; `use` reads the finished run, which is pooled again afterwards. */
  run<T>(job: Job, use: (run: Run) => T): T | Promise<T>;
}

/** One request for a work. */
interface Job {
  readonly work: Work;
  readonly request: RecommendRequest;
  readonly record: RequestRecord;
  /** The time and the session that count; now and as it is, where this is left out. */
  readonly past?: Pick<Run, 'nowMs' | 'session'>;
  /** Told what filters removed. */
  readonly seeJudged?: SeeJudged | undefined;
}

/** Makes a pipeline over the in-memory tables. */
export function createPipeline(options: {
  readonly table: ItemTable;
  readonly sessions: SessionTable;
  readonly clock: Clock;
  readonly faults?: Faults | undefined;
}): Pipeline {
  const { table, sessions, clock, faults } = options;
  const pool: Run[] = [];
  const monotonic = () => clock.monotonic();
  const finish = <T>(run: Run, use: (run: Run) => T): T => {
    try {
      return use(run);
    } finally {
      // What was given up may still write into its run: such a run serves nobody else.
      const isClean = run.record.degradations.every(({ reason }) => reason !== 'timeout.stage');
      if (isClean && pool.length < poolSize) pool.push(run);
    }
  };
  return {
    run({ work, request, record, past, seeJudged }, use) {
      const run = pool.pop() ?? new Run(table, monotonic);
      const { budgetMs, maxBudgetMs } = work;
      const { startedAt } = record;
      run.start(
        request,
        record,
        deadlineFor({ startedAt, askedMs: request.timeoutMs, budgetMs, maxBudgetMs }),
      );
      run.nowMs = past?.nowMs ?? clock.now();
      run.session = past === undefined ? sessionOf(request, sessions) : past.session;
      run.seeJudged = seeJudged;
      record.owner = request.session ?? request.user ?? '';
      record.isOwnerUser = request.session === undefined && request.user !== undefined;
      const played = faults?.areInPlace() ? (work.faulty ?? work) : work;
      const pending = execute(played, run, monotonic);
      return pending === undefined ? finish(run, use) : pending.then(() => finish(run, use));
    },
  };
}

function sessionOf({ session, user }: RecommendRequest, sessions: SessionTable) {
  if (session !== undefined) return sessions.get(session);
  return user === undefined ? undefined : sessions.get(sessionOfUser(user));
}
