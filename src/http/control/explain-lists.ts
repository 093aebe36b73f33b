import type { StageName } from '../../domain/degradation.ts';
import type { DryRun } from '../../dry-run.ts';
import { topRows } from '../../math/top-rows.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { stageOutcomes } from '../../telemetry/request-record.ts';
import { byScorer, short } from '../query/explain.ts';
import type { DryRunExplanation } from './explain-schema.ts';

const failed = stageOutcomes.indexOf('failed');

/** What each retriever brought, its best `top` first. */
export function listRetrievers(
  { run, work }: DryRun,
  top: number,
): DryRunExplanation['retrievers'] {
  return componentsOf(work, 'retrieve').map(({ name, at }, r) => {
    const found = run.record.componentCount[at];
    // The lists are pooled with the run: one that was not written now is of an earlier request.
    const count = Math.min(found, top);
    const best = Array.from({ length: count }, (_, rank) => ({
      id: run.table.ids[run.hits[r].items[rank]],
      score: short(run.hits[r].scores[rank]),
    }));
    return { name, found, best };
  });
}

/** The best `top` candidates by score, with all that happened to them. O(candidates · log). */
export function listCandidates(done: DryRun, top: number): DryRunExplanation['candidates'] {
  const { run, work, removals } = done;
  const { candidates, table } = run;
  const names = { retrieve: componentsOf(work, 'retrieve'), filter: componentsOf(work, 'filter') };
  const reranked = placesOf(candidates.order, candidates.ordered);
  const served = placesOf(run.slateRows, run.slateCount);
  const best = Array.from(byScore(done).subarray(0, top), (row, rank) => {
    const item = candidates.items[row];
    const filter = removals.filterOf(item);
    return {
      id: table.ids[item],
      score: short(candidates.scores[row]),
      retrievers: names.retrieve
        .filter((_, r) => ((candidates.sources[row] >>> r) & 1) === 1)
        .map(({ name }) => name),
      contributions: byScorer(work.scorers, (s) => candidates.contribution(s)[row]),
      score_rank: rank,
      rerank_rank: reranked.get(row) ?? null,
      slate_rank: served.get(row) ?? null,
      removed_by: filter === undefined ? null : names.filter[filter].name,
    };
  });
  return { total: candidates.count, best };
}

/** How far rerank moved what it put first. */
export function measureRerank(done: DryRun): DryRunExplanation['rerank'] {
  const { candidates, request } = done.run;
  const { order, ordered } = candidates;
  const placed = placesOf(byScore(done), candidates.count);
  const first = order.subarray(0, Math.min(ordered, request.n));
  const moved = first.reduce((sum, row, rank) => sum + Math.abs(placed.get(row)! - rank), 0);
  return { ordered, mean_displacement: first.length === 0 ? 0 : short(moved / first.length) };
}

/** What each filter removed, the first `top` items of it, and what it is for. */
export function listFilters(
  { run, work, removals }: DryRun,
  { top, plugins }: { top: number; plugins: readonly Plugin[] },
): DryRunExplanation['filters'] {
  const { componentCount, componentOutcome } = run.record;
  return componentsOf(work, 'filter').map(({ name, at }, f) => ({
    name,
    summary: plugins.find(({ filters }) => filters?.[name])?.filters?.[name].summary ?? null,
    failed: componentOutcome[at] === failed,
    removed: componentCount[at],
    items: removals
      .by(f)
      .slice(0, top)
      .map((item) => run.table.ids[item]),
  }));
}

/** The algorithms of a stage with their places in the columns of the record. */
function componentsOf({ layout }: DryRun['work'], stage: StageName) {
  const s = layout.stages.findIndex((slot) => slot.stage === stage);
  if (s < 0) return [];
  return layout.stages[s].components.map((name, c) => ({ name, at: layout.firstComponent[s] + c }));
}

/** Rows of the candidates, best first. */
function byScore({ run: { candidates } }: DryRun): Int32Array {
  const rows = new Int32Array(candidates.count);
  topRows(candidates.scores, candidates.count, candidates.count, rows);
  return rows;
}

function placesOf(rows: Int32Array, count: number): ReadonlyMap<number, number> {
  return new Map(Array.from(rows.subarray(0, count), (row, place) => [row, place]));
}
