import { availableParallelism } from 'node:os';
import { modelKinds } from '../../src/models/index.ts';
import type { Interactions, ModelKind } from '../../src/models/model.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import {
  interactionsOfLists,
  readUserLists,
  type UserList,
} from '../../src/training/dataset/user-lists.ts';
import { evaluateRanking } from '../../src/training/evaluation/ranking.ts';
import { rankingTask } from '../../src/training/evaluation/ranking-task.ts';
import { holdOut } from '../../src/training/tuning/hold-out.ts';
import { optionsOf, runStudy } from '../../src/training/tuning/run-study.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';

/** Share of the items of each user that trials are judged by; none of them is of the test. */
const heldShare = 0.1;

/** Files in the format of LightGCN, the kind of model, its options as JSON, and how many trials tune them. */
interface RankOptions extends BenchOptions {
  readonly train?: string;
  readonly test?: string;
  readonly model?: string;
  readonly options?: string;
  readonly trials?: string;
}

/**
 * Recall@20 and NDCG@20 of one kind of model on lists of users, and what the fit cost. Options are those of the kind
 * unless `options` says other, or `trials` has them tuned on a tenth of the training lists; the test is scored once.
 */
export const rankBench: Bench = async ({
  train,
  test,
  model,
  options = '{}',
  trials,
  log,
}: RankOptions) => {
  if (train === undefined || test === undefined || model === undefined)
    throw new Error('rank needs --train FILE --test FILE --model KIND');
  if (trials !== undefined && !(Number(trials) > 0))
    throw new Error(`rank needs --trials of 1 or more, got ${trials}`);
  const kind = modelKinds[model];
  const given = kind.parseOptions(JSON.parse(options)) as object;
  const [known, wanted] = [await readUserLists(train), await readUserLists(test)];
  const interactions = interactionsOfLists(known);
  const tuned =
    trials === undefined
      ? undefined
      : await tune(kind, interactions, { given, trials: Number(trials), log });
  const parsed = tuned?.options ?? given;
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
    ...{ kind, current: given, holdOut: held, trials, patience: trials },
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

function tableOfLists(lists: readonly UserList[]): ItemTable {
  const table = new ItemTable();
  const shown = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (const { items } of lists) for (const id of items) table.upsert({ id, ...shown });
  return table;
}
