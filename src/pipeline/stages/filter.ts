import { topRows } from '../../math/top-rows.ts';
import { isInScope } from '../../stores/item-scope.ts';
import type { Filter } from '../algorithm.ts';
import { assertDone, takeVerdict } from '../contract.ts';
import type { Run } from '../run.ts';
import type { Probe, Stage } from '../stage.ts';

/** Items of the last rung that are judged before the slate stays short; those out of scope are passed over. */
const ladderReach = 4096;

/** What the filter stage needs to know of its work. */
export interface FilterOptions {
  readonly filters: readonly Filter[];
  /** Names of the retrievers, for the source of each served item. */
  readonly retrievers: readonly string[];
  /** Dense item indices, most popular first: the last rung of the ladder. */
  readonly popularity: () => Int32Array;
  readonly budgetMs: number | undefined;
}

/** The source that is shown for items of the last rung. */
export const ladderSource = 'popularity';

/**
 * The stage that judges candidates in order until the slate is full, refills it from the reserve, and at
 * last from the popularity list. A filter that fails removes all it was asked about.
 */
export function filterStage(options: FilterOptions): Stage {
  const { filters, retrievers, popularity, budgetMs } = options;
  const judge = chain(filters);
  return {
    name: 'filter',
    component: 'chain',
    components: filters.map(({ name }) => name),
    needs: ['order'],
    provides: ['slate'],
    onError: 'failClosed',
    essential: true,
    budgetMs,
    run(run, probe) {
      takeOrdered(run, { judge, probe, retrievers });
      if (run.slateCount < run.request.n) takeReserve(run, { judge, probe, retrievers });
      if (run.slateCount < run.request.n) takePopular(run, { judge, probe, popular: popularity() });
    },
  };
}

type Judge = (run: Run, count: number, probe: Probe) => void;

/** Runs every filter over `run.chunk`; `run.keep` says what is left. */
function chain(filters: readonly Filter[]): Judge {
  return (run, count, probe) => {
    const { keep, verdict, chunk } = run;
    keep.fill(1, 0, count);
    let left = count;
    for (let f = 0; f < filters.length; f++) {
      let now = 0;
      try {
        verdict.fill(1, 0, count);
        assertDone(filters[f].judge(run, chunk, count, verdict));
        now = takeVerdict(keep, verdict, count);
      } catch (cause) {
        keep.fill(0, 0, count);
        probe.failed(f, cause);
      }
      probe.lap(f, left - now);
      run.seeJudged?.(f, run, count);
      left = now;
    }
  };
}

interface Take {
  readonly judge: Judge;
  readonly probe: Probe;
  readonly retrievers: readonly string[];
}

/** Judges the rows `from` to `to` of the order, chunk by chunk, until the slate is full. */
function takeRows(run: Run, take: Take, { from, to }: { from: number; to: number }): void {
  const { candidates, chunk, keep } = run;
  const wanted = run.request.n;
  for (let at = from; at < to && run.slateCount < wanted; ) {
    const count = Math.min(chunk.length, to - at, wanted - run.slateCount + 4);
    for (let i = 0; i < count; i++) chunk[i] = candidates.items[candidates.order[at + i]];
    take.judge(run, count, take.probe);
    for (let i = 0; i < count && run.slateCount < wanted; i++) {
      if (keep[i] === 0) continue;
      const row = candidates.order[at + i];
      run.serve(candidates.items[row], candidates.scores[row], {
        row,
        source: take.retrievers[candidates.source[row]],
      });
    }
    at += count;
  }
}

function takeOrdered(run: Run, take: Take): void {
  takeRows(run, take, { from: 0, to: run.candidates.ordered });
}

/** Rows judged at once beyond what the slate still misses. */
const spareRows = 8;

/** Goes on with the best rows of those that were not judged, a chunk at a time. */
function takeReserve(run: Run, take: Take): void {
  const { candidates } = run;
  while (run.slateCount < run.request.n && candidates.ordered < candidates.count) {
    const from = candidates.ordered;
    orderMore(run, run.request.n - run.slateCount + spareRows);
    takeRows(run, take, { from, to: candidates.ordered });
  }
}

/** Appends the best `limit` rows of the reserve to the order. */
function orderMore({ candidates, reserve }: Run, limit: number): void {
  const { order, scores, count } = candidates;
  const { isOrdered, rows, scores: left, best } = reserve;
  isOrdered.fill(0, 0, count);
  for (let at = 0; at < candidates.ordered; at++) isOrdered[order[at]] = 1;
  let size = 0;
  for (let row = 0; row < count; row++) {
    if (isOrdered[row] === 1) continue;
    rows[size] = row;
    left[size++] = scores[row];
  }
  const found = topRows(left, size, limit, best);
  for (let at = 0; at < found; at++) order[candidates.ordered++] = rows[best[at]];
}

/** Fills up from the popularity list with items in scope that are not in the slate. */
function takePopular(
  run: Run,
  { judge, probe, popular }: { judge: Judge; probe: Probe; popular: Int32Array },
): void {
  const wanted = run.request.n;
  let reach = ladderReach;
  for (let at = 0; at < popular.length && reach > 0 && run.slateCount < wanted; ) {
    const room = Math.min(run.chunk.length, reach, wanted + spareRows);
    let count = 0;
    for (; at < popular.length && count < room; at++)
      if (isAsked(run, popular[at])) run.chunk[count++] = popular[at];
    if (count === 0) return;
    reach -= count;
    judge(run, count, probe);
    for (let i = 0; i < count && run.slateCount < wanted; i++) {
      const item = run.chunk[i];
      if (run.keep[i] === 1 && !isServed(run, item))
        run.serve(item, 0, { row: -1, source: ladderSource });
    }
  }
}

function isAsked({ query: { scope }, table }: Run, item: number): boolean {
  return scope === undefined || isInScope(table, scope, item);
}

function isServed(run: Run, item: number): boolean {
  for (let p = 0; p < run.slateCount; p++) if (run.slateItems[p] === item) return true;
  return false;
}
