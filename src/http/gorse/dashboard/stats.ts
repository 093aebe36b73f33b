import { z } from 'zod';
import type { Gateway } from '../../../gateway.ts';
import type { VersionRecord } from '../../../models/version-record.ts';
import { isoTime } from '../../instant.ts';

const score = z.record(z.string(), z.number());
const time = z.string().meta({ description: 'RFC 3339; year 1 is never' });
const count = z.int().min(0);

/** The answer of `GET /api/dashboard/stats`. */
export const statsSchema = z
  .strictObject({
    BinaryVersion: z.string(),
    NumServers: count,
    NumWorkers: count,
    NumUsers: count,
    NumItems: count,
    NumUserLabels: count.meta({ description: 'Not counted, always 0' }),
    NumItemLabels: count,
    NumTotalPosFeedback: count.meta({ description: 'Events kept' }),
    NumValidPosFeedback: count.meta({ description: 'Events that the models learnt from last' }),
    NumValidNegFeedback: count.meta({ description: 'Not counted, always 0' }),
    PopularItemsUpdateTime: time,
    LatestItemsUpdateTime: time,
    MatchingModelFitTime: time,
    MatchingModelScore: score.meta({ description: 'On the hold-out of its training' }),
    RankingModelFitTime: time,
    RankingModelScore: score,
  })
  .meta({ id: 'GorseStats', description: 'How much is kept, and when models were trained' });

const never = '0001-01-01T00:00:00Z';
const timeOf = (atMs: number | undefined) => (atMs === undefined ? never : isoTime(atMs));

/** Kinds of models behind each of the names that Gorse tells times of; any other kind finds candidates. */
const lists = ['popular', 'board', 'latest'];
const rankers = ['fm', 'deepfm'];

/** How much is kept, and how new and good the models are. */
export async function showStats(
  gateway: Gateway,
  version: string,
): Promise<z.output<typeof statsSchema>> {
  const { users, items, feedback } = await gateway.store.counts();
  const newest = newestModels(gateway);
  const records = await Promise.all(newest.map(async ({ name }) => currentRecord(gateway, name)));
  const of = (isMeant: (kind: string) => boolean) => {
    const at = newest.findIndex(({ kind }) => isMeant(kind));
    return at < 0 ? undefined : { ...newest[at], record: records[at] };
  };
  const matching = of((kind) => !lists.includes(kind) && !rankers.includes(kind));
  const ranking = of((kind) => rankers.includes(kind));
  const learnt = Math.max(0, ...records.map((record) => record?.data.events ?? 0));
  return {
    ...{ BinaryVersion: version, NumServers: 1, NumWorkers: 0, NumUsers: users, NumItems: items },
    ...{ NumUserLabels: 0, NumItemLabels: gateway.table.attributes.names.length },
    ...{ NumTotalPosFeedback: feedback, NumValidPosFeedback: learnt, NumValidNegFeedback: 0 },
    PopularItemsUpdateTime: timeOf(of((kind) => lists.includes(kind))?.trainedAtMs),
    LatestItemsUpdateTime: timeOf(gateway.generation().publishedAtMs),
    MatchingModelFitTime: timeOf(matching?.trainedAtMs),
    MatchingModelScore: scoreOf(matching?.record),
    RankingModelFitTime: timeOf(ranking?.trainedAtMs),
    RankingModelScore: scoreOf(ranking?.record),
  };
}

function newestModels(gateway: Gateway) {
  return gateway
    .models()
    .filter(({ state }) => state === 'ready')
    .toSorted((a, b) => (b.trainedAtMs ?? 0) - (a.trainedAtMs ?? 0));
}

/** The record of the version that serves; undefined where it was never written. */
async function currentRecord(
  { training }: Gateway,
  model: string,
): Promise<VersionRecord | undefined> {
  const versions = await training.history(model).catch(() => []);
  return versions.find(({ isCurrent }) => isCurrent)?.record;
}

function scoreOf(record: VersionRecord | undefined): Record<string, number> {
  const { quality } = record ?? {};
  if (quality === undefined || quality === null) return { NDCG: 0, Precision: 0, Recall: 0 };
  const { ndcg, precision, recall, auc } = quality;
  return {
    NDCG: ndcg,
    Precision: precision,
    Recall: recall,
    ...(auc !== undefined && { AUC: auc }),
  };
}
