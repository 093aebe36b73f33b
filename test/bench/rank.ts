import { availableParallelism } from 'node:os';
import type { Item } from '../../src/domain/item.ts';
import { frameModel } from '../../src/models/file.ts';
import { modelKinds } from '../../src/models/index.ts';
import type { Interactions, Model, ModelKind } from '../../src/models/model.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import type { Split } from '../../src/training/dataset/dataset.ts';
import {
  interactionsOfLists,
  readUserLists,
  type UserList,
} from '../../src/training/dataset/user-lists.ts';
import { evaluateInThreads } from '../../src/training/evaluation/evaluate-in-threads.ts';
import { evaluateRanking } from '../../src/training/evaluation/ranking.ts';
import { rankingTask } from '../../src/training/evaluation/ranking-task.ts';
import { holdOut } from '../../src/training/tuning/hold-out.ts';
import { optionsOf, runStudy } from '../../src/training/tuning/run-study.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';

/** Share of the items of each user that trials are judged by; none of them is of the test. */
const heldShare = 0.1;

/** Seconds that tuning takes, about. */
const tuneSeconds = 120;
const maxTrials = 24;

/** Users whose queries are timed. */
const timedUsers = 500;

/**
 * Files in the format of LightGCN, the kind of model, its options as JSON, and how many trials tune them: 24 in two
 * minutes unless options are given, `0` for none.
 */
interface RankOptions extends BenchOptions {
  readonly train?: string;
  readonly test?: string;
  readonly model?: string;
  readonly options?: string;
  readonly trials?: string;
}

/**
 * Recall@20 and NDCG@20 of one kind of model on lists of users, and what the fit cost. Options are tuned on a tenth of
 * the training lists, beginning with the defaults of the kind, then learnt from all of them; the test is scored once.
 */
export const rankBench: Bench = async ({
  train,
  test,
  model,
  options,
  trials = options === undefined ? String(maxTrials) : '0',
  log,
}: RankOptions) => {
  if (train === undefined || test === undefined || model === undefined)
    throw new Error('rank needs --train FILE --test FILE --model KIND');
  if (!(Number(trials) >= 0)) throw new Error(`rank needs --trials of 0 or more, got ${trials}`);
  const kind = modelKinds[model];
  const given = kind.parseOptions(JSON.parse(options ?? '{}')) as object;
  const [known, wanted] = [await readUserLists(train), await readUserLists(test)];
  const interactions = interactionsOfLists(known);
  const tuned =
    Number(trials) === 0 || kind.searchSpace === undefined
      ? undefined
      : await tune(kind, interactions, { given, trials: Number(trials), log });
  const parsed = tuned?.options ?? given;
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const payload = kind.fit(interactions, parsed, () => {}, { threads: availableParallelism() });
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  const stamp = { kind: model, version: 'bench', trainedAtMs: 0 };
  log(`fitted in ${seconds.toFixed(1)} s`);
  const items = itemsOf([...known, ...wanted]);
  const split = { before: interactions, after: interactionsOfLists(wanted) };
  const bytes = frameModel({ kind: model, trainedAtMs: 0, payload });
  const { measures } = await evaluateInThreads({ bytes, split, items, auc: false });
  return {
    model,
    recall20: measures.recall,
    ndcg20: measures.ndcg,
    coverage20: measures.coverage,
    fit_seconds: seconds,
    cpu_seconds: (user + system) / 1e6,
    peak_mb: peak,
    payload_mb: payload.length / 2 ** 20,
    query_us: timeQueries(kind.load(payload, stamp, tableOf(items)), split, tableOf(items)),
    ...tuned,
    options: parsed,
  };
};

interface Tuning {
  readonly given: object;
  readonly trials: number;
  readonly log: (line: string) => void;
}

/** The best options on a part of the training lists that the trials do not learn from. */
async function tune(kind: ModelKind, interactions: Interactions, { given, trials, log }: Tuning) {
  const startedAt = performance.now();
  const held = holdOut(interactions, { share: heldShare, unseenShare: 0, of: 'any' });
  const { best, trials: all } = await runStudy({
    ...{
      kind,
      current: given,
      holdOut: held,
      trials,
      patience: trials,
      budgetSeconds: tuneSeconds,
    },
    onTrial: (trial) => log(JSON.stringify(trial)),
  });
  if (best === undefined) throw new Error(`none of ${all.length} trials was complete`);
  return {
    trials: all.length,
    tune_seconds: (performance.now() - startedAt) / 1000,
    tune_ndcg20: best.score,
    options: optionsOf(given, best),
  };
}

function itemsOf(lists: readonly UserList[]): Item[] {
  const ids = new Set(lists.flatMap((list) => list.items));
  const shown = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  return Array.from(ids, (id) => ({ id, ...shown }));
}

function tableOf(items: readonly Item[]): ItemTable {
  const table = new ItemTable();
  for (const item of items) table.upsert(item);
  return table;
}

/** Microseconds of a query, alone on one thread, after as many that are not timed. */
function timeQueries(model: Model, { before, after }: Split, table: ItemTable): number {
  const task = rankingTask(before, after);
  const every = Math.max(1, Math.floor(task.users.length / timedUsers));
  evaluateRanking(model, task, table, { every });
  const startedAt = performance.now();
  const { users } = evaluateRanking(model, task, table, { every });
  return (1000 * (performance.now() - startedAt)) / users;
}
