import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createRng } from '../../src/math/rng.ts';
import { type SessionFreshness, sessionFreshness } from '../../src/math/session-gaps.ts';
import { alphaOfEntropy, itemRank } from '../../src/models/item-rank.ts';
import type { Interactions, Model } from '../../src/models/model.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createInteractionBuilder, splitLast } from '../../src/training/dataset/dataset.ts';
import { collectDataset } from '../../src/training/dataset/dataset-reader.ts';
import { readLines } from '../../src/training/dataset/read-lines.ts';
import type { Bench } from './harness/bench.ts';
import { quantileOf } from './harness/spread.ts';

const repository = resolve(import.meta.dirname, '../..');
/** The last fifth of the sessions is the test, and the last fifth of those before it chooses the options. */
const testShare = 0.2;
const cutoff = 20;
const recentCapacity = 50;
const windowMs = 300_000;
const draws = 1000;

/** What is compared; 0.30 is the default, and 0 is one step and no more. */
const alphas = {
  'alpha(H)': 'entropy',
  '0.95': 0.95,
  '0.82': 0.82,
  '0.60': 0.6,
  '0.30': 0.3,
  'one-hop': 0,
} as const;
type Name = keyof typeof alphas;
const names = Object.keys(alphas) as Name[];

/** Graphs and starts to choose from, for each alpha its own. */
const choices = [
  {},
  { window: 1, seeds: 1 },
  { window: 3, decay: 0.5, seeds: 5, sessionDecay: 0.5 },
  { window: 10, decay: 0.8, seeds: 20, sessionDecay: 0.8 },
];

/** Sessions in time order and the catalogue they are from. */
interface DataSet {
  readonly sessions: Interactions;
  readonly table: ItemTable;
  /** Whether an item can come again in a session; where it cannot, it is not ranked again. */
  readonly repeats: boolean;
}

/** Sums over the targets of each session. */
interface Outcome {
  readonly targets: Float64Array;
  readonly hits: Float64Array;
  readonly reciprocal: Float64Array;
}

/**
 * ItemRank with alpha by session entropy against constant ones and against one step: HR@20 and MRR@20 of the next click,
 * and the difference with its 95 % interval by paired bootstrap over sessions. The click times of the demo are made,
 * at 15 to 45 seconds, which is three bins of nineteen: its entropy says little and never reaches .4. The MovieLens 100K
 * ratings have real times; they are judged where the data folder holds `rec/ml-100k`. Takes two minutes.
 */
export const itemRankBench: Bench = async ({ dataFolder, log }) => {
  const demo = compare('demo', await readDemo(), log);
  const research =
    dataFolder ?? process.env.SIGHTLINE_BENCH_DATA ?? resolve(repository, '../shared/data');
  const ratings = join(research, 'rec/ml-100k/u.data.gz');
  if (!existsSync(ratings)) log(`skipped: ml-100k, no file ${ratings}`);
  const real = existsSync(ratings)
    ? compare('ml-100k', await readRatings(ratings), log)
    : undefined;
  return {
    ...demo,
    ml_100k: real ?? null,
    wins: demo.wins && real?.wins !== false,
    protocol:
      'every prefix predicts the next click, all items ranked (ml-100k: those not yet rated), ties by index; ' +
      'graph and starts of each alpha chosen on the last fifth of the learning part; intervals: 1000 draws of sessions',
  };
};

function compare(set: string, data: DataSet, log: (line: string) => void) {
  const { before, after } = splitLast(data.sessions, testShare);
  const outcomes = {} as Record<Name, Outcome>;
  const models: Record<string, { hr20: number; mrr20: number; options: object }> = {};
  for (const name of names) {
    const options = { ...choose(before, data, name), alpha: alphas[name] };
    outcomes[name] = evaluate(fitted(before, data.table, options), after, data);
    const { hr20, mrr20 } = means(outcomes[name]);
    models[name] = { hr20: round(hr20), mrr20: round(mrr20), options };
    log(`${set} ${name.padEnd(9)} HR@20 ${hr20.toFixed(4)}  MRR@20 ${mrr20.toFixed(4)}`);
  }
  const others = names.filter((name) => name !== 'alpha(H)');
  const differences = Object.fromEntries(
    others.map((name) => [name, pairedInterval(outcomes['alpha(H)'], outcomes[name])]),
  );
  return {
    models,
    alpha_entropy_minus: differences,
    wins: Object.values(differences).every(({ hr20, mrr20 }) => hr20[1] > 0 && mrr20[1] > 0),
    targets_by_alpha: bands(after),
    targets: sum(outcomes['one-hop'].targets),
    train_sessions: before.offsets.length - 1,
    test_sessions: after.offsets.length - 1,
  };
}

/** The graph and starts that are best for an alpha on the last fifth of the learning part; every tenth click is asked. */
function choose(learning: Interactions, data: DataSet, name: Name): object {
  const { before, after } = splitLast(learning, testShare);
  const quality = choices.map((choice) => {
    const model = fitted(before, data.table, { ...choice, alpha: alphas[name] });
    const { hr20, mrr20 } = means(evaluate(model, after, data, { every: 10 }));
    return hr20 + mrr20;
  });
  return choices[quality.indexOf(Math.max(...quality))];
}

function fitted(sessions: Interactions, table: ItemTable, raw: object): Model {
  const payload = itemRank.fit(sessions, itemRank.parseOptions(raw), () => {});
  return itemRank.load(payload, { kind: 'item-rank', version: 'bench', trainedAtMs: 0 }, table);
}

/** Asks for each click of each session after the first; `every` takes each so many-th. */
function evaluate(
  model: Model,
  { items, offsets, codes, atMs }: Interactions,
  { table, repeats }: DataSet,
  { every = 1 }: { every?: number } = {},
): Outcome {
  const sessions = offsets.length - 1;
  const [targets, hits, reciprocal] = [0, 0, 0].map(() => new Float64Array(sessions));
  const dense = Int32Array.from(codes, (code) => table.indexOf(items[code]));
  const all = Int32Array.from({ length: table.size }, (_, item) => item);
  const scores = new Float32Array(table.size);
  let seen = 0;
  for (let session = 0; session < sessions; session++) {
    const start = offsets[session];
    for (let at = start + 1; at < offsets[session + 1]; at++) {
      if (seen++ % every !== 0) continue;
      const recent = dense.subarray(Math.max(start, at - recentCapacity), at);
      const sessionEntropy = entropyBefore(atMs.subarray(start, at));
      const query = { anchor: dense[at - 1], recent, nowMs: atMs[at], sessionEntropy };
      model.score({ ...query, purpose: 'next' }, all, all.length, scores);
      if (!repeats) for (let past = start; past < at; past++) scores[dense[past]] = -1;
      const rank = rankOf(scores, dense[at]);
      targets[session] += 1;
      hits[session] += rank <= cutoff ? 1 : 0;
      reciprocal[session] += rank <= cutoff ? 1 / rank : 0;
    }
  }
  return { targets, hits, reciprocal };
}

const freshness: SessionFreshness = {
  entropyBits: 0,
  normalisedEntropy: 0,
  freshness: 0,
  events: 0,
};

/** Normalised entropy of the gaps of the last five minutes; unknown where there is no gap. */
function entropyBefore(atMs: Float64Array): number | undefined {
  const nowMs = atMs[atMs.length - 1];
  const { events, normalisedEntropy } = sessionFreshness(
    atMs,
    atMs.length,
    { nowMs, windowMs },
    freshness,
  );
  return events < 2 ? undefined : normalisedEntropy;
}

function rankOf(scores: Float32Array, item: number): number {
  let rank = 1;
  for (let other = 0; other < scores.length; other++)
    if (scores[other] > scores[item] || (scores[other] === scores[item] && other < item)) rank += 1;
  return rank;
}

/** How many targets walk with each alpha of the table. */
function bands({ offsets, atMs }: Interactions): Record<string, number> {
  const counts: Record<string, number> = { unknown: 0, '0.95': 0, '0.82': 0, '0.6': 0 };
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session] + 1; at < offsets[session + 1]; at++) {
      const entropy = entropyBefore(atMs.subarray(offsets[session], at));
      counts[entropy === undefined ? 'unknown' : alphaOfEntropy(entropy)] += 1;
    }
  return counts;
}

type Interval = readonly [mean: number, low: number, high: number];

/** Mean difference a target, and the 95 % interval of it when whole sessions are drawn with replacement. */
function pairedInterval(a: Outcome, b: Outcome): { hr20: Interval; mrr20: Interval } {
  const rng = createRng(1);
  const sessions = a.targets.length;
  const hr20: number[] = [];
  const mrr20: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    let [targets, hits, reciprocal] = [0, 0, 0];
    for (let i = 0; i < sessions; i++) {
      const session = rng.below(sessions);
      targets += a.targets[session];
      hits += a.hits[session] - b.hits[session];
      reciprocal += a.reciprocal[session] - b.reciprocal[session];
    }
    hr20.push(hits / targets);
    mrr20.push(reciprocal / targets);
  }
  const [one, other] = [means(a), means(b)];
  const interval = (mean: number, drawn: readonly number[]): Interval => [
    round(mean),
    round(quantileOf(drawn, 0.025)),
    round(quantileOf(drawn, 0.975)),
  ];
  return {
    hr20: interval(one.hr20 - other.hr20, hr20),
    mrr20: interval(one.mrr20 - other.mrr20, mrr20),
  };
}

function means({ targets, hits, reciprocal }: Outcome): { hr20: number; mrr20: number } {
  return { hr20: sum(hits) / sum(targets), mrr20: sum(reciprocal) / sum(targets) };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

async function readDemo(): Promise<DataSet> {
  const path = join(repository, 'demo/eshop-clothing-2008.csv.gz');
  const { items, feedback } = await collectDataset({ format: 'eshop', path });
  const builder = createInteractionBuilder();
  for (const event of feedback) builder.add(event);
  const table = new ItemTable();
  for (const item of items) table.upsert(item);
  return { sessions: builder.build(), table, repeats: true };
}

/** Ratings (user, item, rating, epoch seconds) as events; those of a user are cut at pauses of half an hour. */
async function readRatings(path: string): Promise<DataSet> {
  const builder = createInteractionBuilder();
  await readLines(path, (lines) => {
    for (const line of lines) {
      const [user, item, , seconds] = line.split('\t');
      if (seconds !== undefined) builder.add({ user, item, atMs: Number(seconds) * 1000 });
    }
  });
  const sessions = builder.build();
  const table = new ItemTable();
  const shown = { catalog: 'films', categories: [], attributes: {}, hidden: false };
  for (const id of sessions.items) table.upsert({ id, ...shown, publishedAtMs: 0 });
  return { sessions, table, repeats: false };
}
