import { availableParallelism } from 'node:os';
import { modelKinds } from '../../src/models/index.ts';
import { userItems } from '../../src/models/user-items.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import {
  interactionsOfLists,
  readUserLists,
  type UserList,
} from '../../src/training/dataset/user-lists.ts';
import { evaluateRanking, type RankingTask } from '../../src/training/evaluation/ranking.ts';
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
  const quality = evaluateRanking(fitted, taskOf(known, wanted), table);
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

/** Known and wanted items of the same users, in columns of the same items. */
function taskOf(known: readonly UserList[], wanted: readonly UserList[]): RankingTask {
  const both = userItems(interactionsOfLists([...known, ...wanted]));
  const rowOf = new Map(both.users.map((user, row) => [user, row]));
  const items = interactionsOfLists([...known, ...wanted]).items;
  const codeOf = new Map(items.map((id, code) => [id, code]));
  const matrix = (lists: readonly UserList[]) => {
    const rows: number[][] = both.users.map(() => []);
    for (const { user, items: ids } of lists)
      rows[rowOf.get(user)!].push(...ids.map((id) => codeOf.get(id)!));
    const offsets = new Uint32Array(rows.length + 1);
    for (const [row, codes] of rows.entries()) offsets[row + 1] = offsets[row] + codes.length;
    const codes = Uint32Array.from(rows.flatMap((row) => row.sort((a, b) => a - b)));
    const values = new Float32Array(codes.length).fill(1);
    return { rows: rows.length, columns: items.length, offsets, codes, values };
  };
  return { users: both.users, items, known: matrix(known), wanted: matrix(wanted) };
}
