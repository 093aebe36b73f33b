import { availableParallelism } from 'node:os';
import { modelKinds } from '../../src/models/index.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import {
  interactionsOfLists,
  readUserLists,
  type UserList,
} from '../../src/training/dataset/user-lists.ts';
import { evaluateRanking } from '../../src/training/evaluation/ranking.ts';
import { rankingTask } from '../../src/training/evaluation/ranking-task.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';

/** Files in the format of LightGCN, the kind of model, and its options as JSON. */
interface RankOptions extends BenchOptions {
  readonly train?: string;
  readonly test?: string;
  readonly model?: string;
  readonly options?: string;
}

/** Recall@20 and NDCG@20 of one kind of model on lists of users, and what the fit cost. */
export const rankBench: Bench = async ({
  train,
  test,
  model,
  options = '{}',
  log,
}: RankOptions) => {
  if (train === undefined || test === undefined || model === undefined)
    throw new Error('rank needs --train FILE --test FILE --model KIND');
  const kind = modelKinds[model];
  const parsed = kind.parseOptions(JSON.parse(options));
  const [known, wanted] = [await readUserLists(train), await readUserLists(test)];
  const interactions = interactionsOfLists(known);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const payload = kind.fit(interactions, parsed, () => {}, { threads: availableParallelism() });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  log(`fitted in ${seconds.toFixed(1)} s`);
  const table = tableOfLists([...known, ...wanted]);
  const fitted = kind.load(payload, { kind: model, version: 'bench', trainedAtMs: 0 }, table);
  const evaluatedAt = performance.now();
  const quality = evaluateRanking(
    fitted,
    rankingTask(interactions, interactionsOfLists(wanted)),
    table,
  );
  return {
    model,
    recall20: quality.recall,
    ndcg20: quality.ndcg,
    fit_seconds: seconds,
    cpu_seconds: (user + system) / 1e6,
    peak_mb: peak,
    payload_mb: payload.length / 2 ** 20,
    query_us: (1000 * (performance.now() - evaluatedAt)) / quality.users,
    options: parsed,
  };
};

function tableOfLists(lists: readonly UserList[]): ItemTable {
  const table = new ItemTable();
  const shown = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (const { items } of lists) for (const id of items) table.upsert({ id, ...shown });
  return table;
}
