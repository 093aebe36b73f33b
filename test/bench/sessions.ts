import { availableParallelism } from 'node:os';
import { modelKinds } from '../../src/models/index.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import {
  interactionsOfSessions,
  type PrefixTarget,
  prefixTargetsOf,
  readPrefixTargets,
  readSessionLists,
} from '../../src/training/dataset/session-lists.ts';
import { evaluatePrefixes } from '../../src/training/evaluation/prefix-targets.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';

/** Sessions to learn, prefixes with their targets, the kind of model, and its options as JSON. */
interface SessionsOptions extends BenchOptions {
  readonly train?: string;
  /** Absent is a hold-out: the last tenth of the sessions of `train`, for choosing options. */
  readonly test?: string;
  readonly model?: string;
  readonly options?: string;
}

const holdOutShare = 0.1;

/**
 * P@20 and MRR@20 of one kind of model after prefixes of sessions, what a query takes, and what the fit cost. All items
 * of the training sessions are ranked, none is masked, equal scores stand in the order of the model.
 */
export const sessionsBench: Bench = async ({
  train,
  test,
  model,
  options = '{}',
  log,
}: SessionsOptions) => {
  if (train === undefined || model === undefined || modelKinds[model] === undefined)
    throw new Error('sessions needs --train FILE --test FILE --model KIND');
  const kind = modelKinds[model];
  const parsed = kind.parseOptions(JSON.parse(options));
  const { sessions, targets, skipped } = await readTask(train, test);
  const interactions = interactionsOfSessions(sessions);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const payload = kind.fit(interactions, parsed, () => {}, { threads: availableParallelism() });
  const fitSeconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  log(`fitted in ${fitSeconds.toFixed(1)} s`);
  const table = tableOf(interactions.items);
  const fitted = kind.load(payload, { kind: model, version: 'bench', trainedAtMs: 0 }, table);
  const askedAt = performance.now();
  const { p20, mrr20 } = evaluatePrefixes(fitted, targets, table);
  return {
    model,
    p20,
    mrr20,
    query_us: (1000 * (performance.now() - askedAt)) / Math.max(1, targets.length),
    targets: targets.length,
    fit_seconds: fitSeconds,
    cpu_seconds: (user + system) / 1e6,
    payload_mb: payload.length / 2 ** 20,
    skipped_rows: skipped,
    judged_on: test === undefined ? 'hold-out: the last tenth of train' : 'test',
    options: options === '{}' ? 'defaults of the kind' : 'given',
    option_values: parsed,
  };
};

interface Task {
  readonly sessions: readonly (readonly string[])[];
  readonly targets: readonly PrefixTarget[];
  readonly skipped: number;
}

async function readTask(train: string, test: string | undefined): Promise<Task> {
  const { rows, skipped } = await readSessionLists(train);
  if (test !== undefined) {
    const wanted = await readPrefixTargets(test);
    return { sessions: rows, targets: wanted.rows, skipped: skipped + wanted.skipped };
  }
  const first = Math.floor(rows.length * (1 - holdOutShare));
  const sessions = rows.slice(0, first);
  return {
    sessions,
    targets: prefixTargetsOf(rows.slice(first), new Set(sessions.flat())),
    skipped,
  };
}

function tableOf(ids: readonly string[]): ItemTable {
  const table = new ItemTable();
  const shown = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (const id of ids) table.upsert({ id, ...shown });
  return table;
}
