import { availableParallelism } from 'node:os';
import { createRng } from '../../src/math/rng.ts';
import { modelKinds } from '../../src/models/index.ts';
import { interactionsOfLists, readUserLists } from '../../src/training/dataset/user-lists.ts';
import { axesOf, type TrialSpace, type TrialValues } from '../../src/training/tuning/axes.ts';
import { type HoldOut, holdOut } from '../../src/training/tuning/hold-out.ts';
import { judgeTrial } from '../../src/training/tuning/judge-trial.ts';
import { type Observation, proposeTrial } from '../../src/training/tuning/tpe.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';
import { createRandom, shuffled } from './harness/random.ts';

/** Lists in the format of LightGCN and a kind of model. */
interface TpeOptions extends BenchOptions {
  readonly train?: string;
  readonly model?: string;
  /** Users taken at random; all unless given. */
  readonly users?: string;
  /** Runs of TPE, each with a seed of its own; 5 unless given. */
  readonly runs?: string;
  /** Random trials, and the most of a run of TPE; 100 unless given. */
  readonly trials?: string;
  readonly seed?: string;
  /** What is not tuned, as JSON. */
  readonly options?: string;
}

/** The median of the runs that is to be reached. */
const goal = 40;

/**
 * How many trials TPE needs to reach the best of 100 random ones: options of a kind of model on user lists, judged by
 * NDCG@20 on a tenth of the items of each user. The options in use are no trial here.
 */
export const tpeBench: Bench = async ({
  train,
  model = 'item-rank',
  users = 'Infinity',
  runs = '5',
  trials = '100',
  seed = '1',
  options = '{}',
  log,
}: TpeOptions) => {
  if (train === undefined) throw new Error('tpe needs --train FILE');
  const kind = modelKinds[model];
  const space = (kind.searchSpace ?? {}) as TrialSpace;
  const lists = shuffled(await readUserLists(train), createRandom(Number(seed)));
  const held = holdOut(interactionsOfLists(lists.slice(0, Number(users))), {
    ...{ share: 0.1, unseenShare: 0, of: 'any', seed: Number(seed) },
  });
  const before = process.cpuUsage();
  const base = kind.parseOptions(JSON.parse(options)) as object;
  const scoreOf = scoring({ kind: model, base }, held);
  const random = randomValues(space, Number(trials), Number(seed)).map(scoreOf);
  const best = Math.max(...random);
  log(`best of ${random.length} random trials: ${best.toFixed(5)}`);
  const reached = Array.from({ length: Number(runs) }, (_, run) => {
    const count = trialsToReach(best, { space, scoreOf, seed: run + 1, most: Number(trials) });
    log(`TPE with seed ${run + 1}: ${count ?? `not in ${trials}`}`);
    return count;
  });
  const { user, system } = process.cpuUsage(before);
  const median = reached.map((count) => count ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)[
    Math.floor(reached.length / 2)
  ];
  return {
    model,
    space: Object.keys(space),
    users: lists.slice(0, Number(users)).length,
    base,
    base_ndcg20: scoreOf({}),
    random_best_ndcg20: best,
    random_median_ndcg20: random.sort((a, b) => a - b)[random.length >> 1],
    tpe_trials: reached,
    tpe_median: Number.isFinite(median) ? median : null,
    wins: median <= goal,
    cpu_seconds: (user + system) / 1e6,
  };
};

type Score = (values: TrialValues) => number;

/** Judges values, the same ones once. */
function scoring(
  { kind, base }: { kind: string; base: object },
  { task, before, judging }: HoldOut,
): Score {
  const known = new Map<string, number>();
  const threads = availableParallelism();
  return (values) => {
    const options = { ...base, ...values };
    const key = JSON.stringify(options);
    const job = {
      kind,
      options,
      task,
      before,
      after: judging,
      cutoff: 20,
      maxCases: 5000,
      threads,
    };
    const score = known.get(key) ?? judgeTrial(job).score;
    known.set(key, score);
    return score;
  };
}

function randomValues(space: TrialSpace, count: number, seed: number): TrialValues[] {
  const rng = createRng(seed);
  const axes = axesOf(space);
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      axes.map(({ name, decode, fromUnit }) => [name, decode(fromUnit(rng.unit()))]),
    ),
  );
}

interface Run {
  readonly space: TrialSpace;
  readonly scoreOf: Score;
  readonly seed: number;
  readonly most: number;
}

function trialsToReach(best: number, { space, scoreOf, seed, most }: Run): number | undefined {
  const observations: Observation[] = [];
  while (observations.length < most) {
    const values = proposeTrial(space, observations, { seed });
    if (values === undefined) break;
    const score = scoreOf(values);
    observations.push({ values, score });
    if (score >= best) return observations.length;
  }
  return undefined;
}
