import { join, resolve } from 'node:path';
import { type Config, readConfig } from '../../src/config.ts';
import { blend } from '../../src/math/blend.ts';
import { modelKinds } from '../../src/models/index.ts';
import type { Interactions, Model } from '../../src/models/model.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createInteractionBuilder, splitLast } from '../../src/training/dataset/dataset.ts';
import { collectDataset } from '../../src/training/dataset/dataset-reader.ts';
import {
  evaluateNextClick,
  type NextClickQuality,
  type ScoreItems,
} from '../../src/training/evaluation/next-click.ts';
import type { Bench } from './harness/bench.ts';

const repository = resolve(import.meta.dirname, '../..');
const file = 'eshop-clothing-2008.csv.gz';
/** The last fifth of the sessions is the test; it begins on 14 July 2008. */
const testShare = 0.2;
/** Kinds that are reported alone, with their default options. */
const alone = ['popular', 'markov-1', 'session-knn', 'item2vec', 'cbow'];

/** HR@20 and MRR@20 of each kind of model alone and of the blend that the work `session` ships with. */
export const demoQualityBench: Bench = async ({ dataFolder, log }) => {
  const { train, test, table } = await readSplit(
    join(dataFolder ?? join(repository, 'demo'), file),
  );
  const config = readConfig(join(repository, 'sightline.yaml'), {});
  const models: Record<string, { hr20: number; mrr20: number }> = {};
  const report = (name: string, quality: NextClickQuality): NextClickQuality => {
    models[name] = { hr20: round(quality.hr20), mrr20: round(quality.mrr20) };
    log(`${name.padEnd(12)} HR@20 ${quality.hr20.toFixed(4)}  MRR@20 ${quality.mrr20.toFixed(4)}`);
    return quality;
  };
  const fitted = createFits(train, table, log);
  for (const kind of alone) report(kind, evaluateNextClick(fitted(kind, {}).score, test, table));
  const scorers = sessionScorers(config).map(({ kind, options, weight }) => ({
    model: fitted(kind, options),
    weight,
  }));
  const { targets, repeats, repeatHr20 } = report(
    'blend',
    evaluateNextClick(blended(scorers), test, table),
  );
  return {
    models,
    targets,
    repeats,
    blend_repeat_hr20: round(repeatHr20),
    train_sessions: train.offsets.length - 1,
    test_sessions: test.offsets.length - 1,
    test_begins: new Date(test.atMs[0]).toISOString(),
    protocol: 'every prefix predicts the next click, all items ranked, none masked, ties by index',
  };
};

async function readSplit(
  path: string,
): Promise<{ train: Interactions; test: Interactions; table: ItemTable }> {
  const { items, feedback } = await collectDataset({ format: 'eshop', path });
  const builder = createInteractionBuilder();
  for (const event of feedback) builder.add(event);
  const { before, after } = splitLast(builder.build(), testShare);
  const table = new ItemTable();
  for (const item of items) table.upsert(item);
  return { train: before, test: after, table };
}

/** Fits each kind once for the same options. */
function createFits(train: Interactions, table: ItemTable, log: (line: string) => void) {
  const fits = new Map<string, Model>();
  return (name: string, raw: unknown): Model => {
    const kind = modelKinds[name];
    const options = kind.parseOptions(raw);
    const key = JSON.stringify([name, options]);
    const known = fits.get(key);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const payload = kind.fit(train, options, () => {});
    log(`${name} fitted in ${((performance.now() - startedAt) / 1000).toFixed(2)} s`);
    const model = kind.load(payload, { kind: name, version: 'bench', trainedAtMs: 0 }, table);
    fits.set(key, model);
    return model;
  };
}

/** The models of the score stage of the work `session`. */
function sessionScorers(config: Config): { kind: string; options: unknown; weight: number }[] {
  const stage = config.works.session.stages.find(({ stage }) => stage === 'score');
  if (stage?.stage !== 'score') throw new Error('work session has no score stage');
  return stage.use
    .filter(({ algorithm }) => config.models[algorithm] !== undefined)
    .map(({ algorithm, weight }) => ({ ...config.models[algorithm], weight }));
}

/** Scores as the score stage does. */
function blended(scorers: readonly { model: Model; weight: number }[]): ScoreItems {
  const weights = Float32Array.from(scorers, ({ weight }) => weight);
  const columns: Float32Array[] = [];
  return (query, items, count, totals) => {
    for (const [s, { model }] of scorers.entries()) {
      columns[s] ??= new Float32Array(count);
      model.score(query, items, count, columns[s]);
    }
    blend({ count, weights, columns, totals });
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
