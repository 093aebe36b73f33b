import type { Clock } from '../../src/domain/clock.ts';
import type { Item } from '../../src/domain/item.ts';
import type { RecommendRequest } from '../../src/domain/recommend-request.ts';
import type { Retriever, Scorer } from '../../src/pipeline/algorithm.ts';
import { filters } from '../../src/pipeline/algorithms/filters.ts';
import { intentRules } from '../../src/pipeline/algorithms/intent-rules.ts';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { scoreOrder } from '../../src/pipeline/algorithms/score-order.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Run, SeeJudged } from '../../src/pipeline/run.ts';
import type { Stage } from '../../src/pipeline/stage.ts';
import { featuresStage } from '../../src/pipeline/stages/features.ts';
import { filterStage } from '../../src/pipeline/stages/filter.ts';
import { intentStage } from '../../src/pipeline/stages/intent.ts';
import { rerankStage } from '../../src/pipeline/stages/rerank.ts';
import { retrieveStage } from '../../src/pipeline/stages/retrieve.ts';
import { scoreStage } from '../../src/pipeline/stages/score.ts';
import { buildWork, type Work } from '../../src/pipeline/work.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { SessionTable } from '../../src/stores/session-table.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';

/** A clock that stands still until it is moved. */
export function createTestClock(): Clock & { advance(ms: number): void } {
  let ms = 1_000_000;
  const advance = (by: number) => {
    ms += by;
  };
  return { now: () => ms, monotonic: () => ms, advance };
}

/** A shop of `size` items: I0, I1, ... in two catalogues and three categories. */
export function createShop(size: number): ItemTable {
  const table = new ItemTable();
  for (let i = 0; i < size; i++) table.upsert(shopItem(i));
  return table;
}

export function shopItem(i: number, changes: Partial<Item> = {}): Item {
  return {
    id: `I${i}`,
    catalog: i % 2 === 0 ? 'shoes' : 'coats',
    categories: [['red boots', 'sandals', 'parkas'][i % 3]],
    attributes: { colour: ['black', 'white'][i % 2] },
    hidden: false,
    publishedAtMs: i,
    ...changes,
  };
}

/** Brings the items with these indices. */
export function bring(name: string, items: readonly number[]): Retriever {
  return {
    name,
    limit: Math.max(1, items.length),
    retrieve(_context, hits) {
      hits.items.set(items);
      hits.count = items.length;
    },
  };
}

/** Scores by dense index: low indices are better. */
export const lowFirst: Scorer = {
  name: 'low-first',
  weight: 1,
  score(_context, { items, count }, scores) {
    for (let row = 0; row < count; row++) scores[row] = 1000 - items[row];
  },
};

/** Everything a test needs to run one work over a shop. */
export function openTestWork(options: {
  table?: ItemTable;
  /** Stands still when it is left out. */
  clock?: Clock;
  retrievers?: readonly Retriever[];
  scorers?: readonly Scorer[];
  popularity?: readonly number[];
  replace?: Partial<Record<Stage['name'], Stage>>;
  filterNames?: readonly (keyof typeof filters)[];
  seeJudged?: SeeJudged | undefined;
}) {
  const still = createTestClock();
  const { clock = still, seeJudged } = options;
  const table = options.table ?? createShop(30);
  const sessions = new SessionTable();
  const work = assemble(options, table);
  const pipeline = createPipeline({ table, sessions, clock });
  const record = new RequestRecord();
  const recommend = <T>(request: Partial<RecommendRequest>, use: (run: Run) => T) => {
    record.reset(work.layout);
    record.startedAt = clock.monotonic();
    return pipeline.run(
      { work, request: { n: 5, explain: false, ...request }, record, seeJudged },
      use,
    );
  };
  return { clock: still, table, sessions, work, pipeline, record, recommend };
}

function assemble(options: Parameters<typeof openTestWork>[0], table: ItemTable): Work {
  const { retrievers = [bring('first', [4, 3, 2, 1, 0, 5, 6, 7])], scorers = [lowFirst] } = options;
  const even = Float32Array.from(scorers, () => 1);
  const parser = intentRules({
    surface: 'session',
    segments: new Set(['gold']),
    staleMs: 1000,
    index: new QueryIndex(table),
    weights: { cold: even, returning: even, mid: even, stale: even },
  });
  const popularity = Int32Array.from(options.popularity ?? [20, 21, 22, 23, 24, 25, 26]);
  const stages: Stage[] = [
    intentStage(parser, undefined),
    retrieveStage(retrievers),
    featuresStage([]),
    scoreStage(scorers, undefined),
    rerankStage(scoreOrder, undefined),
    filterStage({
      filters: (options.filterNames ?? ['hidden', 'expired', 'excluded', 'category']).map(
        (name) => filters[name],
      ),
      retrievers: retrievers.map(({ name }) => name),
      popularity: () => popularity,
      budgetMs: undefined,
    }),
  ];
  return buildWork({
    name: 'test',
    surface: 'session',
    strategy: 'by-number',
    budgetMs: 100,
    maxBudgetMs: 1000,
    scorers: scorers.map(({ name }) => name),
    stages: stages.map((stage) => options.replace?.[stage.name] ?? stage),
  });
}

/** The ids and sources that were served. */
export function served(run: Run): string[] {
  return Array.from({ length: run.slateCount }, (_, p) => run.table.ids[run.slateItems[p]]);
}
