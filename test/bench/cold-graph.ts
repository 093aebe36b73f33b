import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { gnn } from '../../src/models/graph/gnn.ts';
import { readGraphPayload, writeGraphPayload } from '../../src/models/graph/graph-payload.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import {
  attributeKnn,
  catalogueOf,
  popularityOfAttributes,
  type ScoreCold,
} from './cold-graph/attribute-baselines.ts';
import { differenceInterval, judgeCold, meanOf } from './cold-graph/judge-cold.ts';
import { readMovies } from './cold-graph/read-movies.ts';
import { readRetail } from './cold-graph/read-retail.ts';
import { type ColdTask, withhold } from './cold-graph/withhold.ts';
import type { Bench, BenchOptions } from './harness/bench.ts';
import { round } from './harness/spread.ts';

/** Which recording (`retail` or `movies`), the seed of the withheld items, and options of the model as JSON. */
interface ColdGraphOptions extends BenchOptions {
  readonly model?: string;
  readonly seed?: string;
  readonly options?: string;
}

const share = 0.15;
const sharpnesses = [2, 4, 8];
const interestWeights = [0.5, 1, 2, 3];
const neighbourCounts = [1, 2, 5, 1000];
/** Each so many-th user of the tuning items is asked. */
const tuningEvery = 4;
const popularityPowers = [0, 0.5, 1];

/**
 * Items withheld altogether: the graph network beside attribute kNN and the popularity of attributes, by Recall@20 over
 * all withheld items for the users who took any. What may be set of the network and of kNN is chosen on one set
 * of withheld items, and reported on another that has none of them.
 */
export const coldGraphBench: Bench = async ({
  dataFolder,
  model: data = 'retail',
  seed = '1',
  options = '{}',
  log,
}: ColdGraphOptions) => {
  const folder = dataFolder ?? resolve(import.meta.dirname, '../../../shared/data/rec');
  const shop =
    data === 'movies'
      ? readMovies(join(folder, 'ml-100k'))
      : readRetail(join(folder, 'uci-online-retail/online_retail_2010-12_2011-12.csv.gz'));
  const tuning = withhold(shop, { share, seed: 1000 + Number(seed) });
  const reported = withhold(shop, { share, seed: 2000 + Number(seed), avoid: tuning.cold });
  const given = gnn.parseOptions(JSON.parse(options));
  const known = catalogueOf(tuning);
  const bestKnn = best(knnSettings(), (setting) => mean(tuning, attributeKnn(known, setting)));
  log(`attribute kNN on the tuning items: ${JSON.stringify(bestKnn)}`);
  const bestGnn = chooseGnn(tuning, given, log);
  const fitted = fitTask(reported, { ...given, sharpness: bestGnn.sharpness });
  const catalogue = catalogueOf(reported);
  const recalls = {
    gnn: judgeCold(reported, scoreBy(fitted.payload, reported, bestGnn.interestWeight)),
    vectors: judgeCold(reported, scoreBy(fitted.payload, reported, 0)),
    paths: judgeCold(
      reported,
      scoreBy(withoutVectors(fitted.payload), reported, bestGnn.interestWeight),
    ),
    attributeKnn: judgeCold(reported, attributeKnn(catalogue, bestKnn.setting)),
    popularity: judgeCold(reported, popularityOfAttributes(catalogue)),
  };
  const means = Object.fromEntries(
    Object.entries(recalls).map(([name, values]) => [`${name}_recall20`, round(meanOf(values))]),
  );
  return {
    data,
    ...means,
    over_knn: differenceInterval(recalls.gnn, recalls.attributeKnn).map(round),
    over_paths: differenceInterval(recalls.gnn, recalls.paths).map(round),
    over_popularity: differenceInterval(recalls.gnn, recalls.popularity).map(round),
    cold_items: reported.cold.length,
    users: reported.cases.length,
    fit_seconds: round(fitted.seconds),
    cpu_seconds: round(fitted.cpuSeconds),
    knn: bestKnn,
    gnn: bestGnn,
    ...readGraphPayload(fitted.payload).numbers,
    protocol:
      'items withheld from training altogether; all withheld items ranked; 95 % paired bootstrap over users; settings chosen on other withheld items',
  };
};

function knnSettings(): { neighbours: number; popularity: number }[] {
  return neighbourCounts.flatMap((neighbours) =>
    popularityPowers.map((popularity) => ({ neighbours, popularity })),
  );
}

function best<Setting>(
  settings: readonly Setting[],
  judge: (setting: Setting) => number,
): { setting: Setting; recall: number } {
  const judged = settings.map((setting) => ({ setting, recall: judge(setting) }));
  return judged.reduce((a, b) => (b.recall > a.recall ? b : a));
}

/** The best sharpness and weight of interest: one fit for each sharpness. */
function chooseGnn(
  task: ColdTask,
  given: typeof gnn.defaults,
  log: (line: string) => void,
): { sharpness: number; interestWeight: number } {
  const judged = sharpnesses.map((sharpness) => {
    const { payload } = fitTask(task, { ...given, sharpness });
    const { setting, recall } = best(interestWeights, (weight) =>
      mean(task, scoreBy(payload, task, weight)),
    );
    log(`sharpness ${sharpness}: weight of interest ${setting}, ${recall.toFixed(4)}`);
    return { sharpness, interestWeight: setting, recall };
  });
  const { sharpness, interestWeight } = judged.reduce((a, b) => (b.recall > a.recall ? b : a));
  return { sharpness, interestWeight };
}

function fitTask(
  { interactions }: ColdTask,
  options: typeof gnn.defaults,
): { payload: Uint8Array; seconds: number; cpuSeconds: number } {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const threads = availableParallelism();
  const payload = gnn.fit(interactions, options, () => {}, { threads });
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / 1000;
  return { payload, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** The same model, but for what the network learnt: only interest over the graph is left. */
function withoutVectors(bytes: Uint8Array): Uint8Array {
  const payload = readGraphPayload(bytes);
  const [vectors, bias] = [payload.vectors.map(() => 0), payload.bias.map(() => 0)];
  return writeGraphPayload({ ...payload, vectors, bias });
}

/** Asks the served model as a gateway does. */
function scoreBy(bytes: Uint8Array, { cold }: ColdTask, interestWeight: number): ScoreCold {
  const payload = readGraphPayload(bytes);
  const options = { ...payload.options, interestWeight };
  const table = new ItemTable();
  const shown = { catalog: 'all', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  for (const id of payload.ids) table.upsert({ id, ...shown });
  const stamp = { kind: 'gnn', version: 'bench', trainedAtMs: 0 };
  const model = gnn.load(writeGraphPayload({ ...payload, options }), stamp, table);
  const items = Int32Array.from(cold, (id) => table.indexOf(id));
  return (had) => {
    const recent = Int32Array.from(had, (id) => table.indexOf(id));
    const scores = new Float32Array(items.length);
    model.score({ anchor: -1, recent, nowMs: 0, purpose: 'next' }, items, items.length, scores);
    return scores;
  };
}

/** On some of the users: for choosing settings. */
function mean(task: ColdTask, score: ScoreCold): number {
  const cases = task.cases.filter((_, i) => i % tuningEvery === 0);
  return meanOf(judgeCold({ ...task, cases }, score));
}
