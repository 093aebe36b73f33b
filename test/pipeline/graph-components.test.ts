import { expect, test } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { createRng } from '../../src/math/rng.ts';
import type { Model } from '../../src/models/model.ts';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { assembleWork } from '../../src/pipeline/assemble.ts';
import { createFaults } from '../../src/pipeline/faults.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { workSchema } from '../../src/pipeline/work-schema.ts';
import { unitePlugins } from '../../src/plugins/unite-plugins.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { SessionTable } from '../../src/stores/session-table.ts';
import { createMetricSet } from '../../src/telemetry/metric-set.ts';
import { createRequestMetrics } from '../../src/telemetry/request-metrics.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { exposed } from '../telemetry/exposed.ts';
import { createShop, served } from './test-work.ts';

/** Brings the first items and scores all alike. */
const plain: Model = {
  ...{ kind: 'plain', version: '0', trainedAtMs: 0 },
  retrieve(_query, limit, hits) {
    hits.count = Math.min(limit, 10);
    for (let rank = 0; rank < hits.count; rank++) hits.items[rank] = rank;
  },
  score: (_query, _items, count, scores) => void scores.fill(1, 0, count),
};
const web: Model = { ...plain, graph: { sampledEdgesRatio: 1, coverageRatio: 1 } };

/** What a work with these algorithms says of its time after one request, by sample. */
async function samplesOf(retrievers: readonly string[], scorers: readonly string[]) {
  const options = workSchema.parse({
    ...{ surface: 'session', strategy: 'walk', budgetMs: 10_000 },
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: retrievers.map((algorithm) => ({ algorithm })) },
      { stage: 'score', use: scorers.map((algorithm) => ({ algorithm, weight: 1 })) },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden'] },
    ],
  });
  const clock = systemClock;
  const table = createShop(30);
  const store = createMemoryStore({ clock });
  const work = assembleWork('test', options, {
    ...{ store, catalogue: unitePlugins([]), tables: new Map(), segments: new Set() },
    models: new Map([
      ['plain', { model: plain }],
      ['web', { model: web }],
      ['away', { unavailable: new Error('not trained') }],
    ]),
    index: new QueryIndex(table),
    popularity: () => new Int32Array(0),
    faults: createFaults({ store, clock, emit: () => {}, rng: createRng(1) }),
  });
  const record = new RequestRecord();
  record.reset(work.layout);
  record.startedAt = clock.monotonic();
  const request = { n: 3, explain: false };
  const pipeline = createPipeline({ table, sessions: new SessionTable(), clock });
  await pipeline.run({ work, request, record }, served);
  record.endedAt = clock.monotonic();
  const set = createMetricSet();
  createRequestMetrics(set)(record);
  const samples = await exposed(set);
  const inferences = Object.entries(samples).filter(([name]) =>
    name.startsWith('sightline_graph_inference_duration_seconds_count'),
  );
  return { samples, inferences: Object.fromEntries(inferences) };
}

const of = (model: string) => `sightline_graph_inference_duration_seconds_count{model="${model}"}`;

test('each time that a graph model retrieves or scores is an inference, of that model alone', async () => {
  const { inferences, samples } = await samplesOf(['plain', 'web', 'away'], ['web', 'plain']);
  expect(inferences).toEqual({ [of('web')]: 2 });
  const sum = (name: string) => samples[name.replace('_count', '_sum')];
  const component = (stage: string) =>
    `sightline_component_duration_seconds_sum{work="test",stage="${stage}",component="web"}`;
  expect(sum(of('web'))).toBeCloseTo(
    samples[component('retrieve')] + samples[component('score')],
    12,
  );
});

test('a work without a graph model has no inferences', async () => {
  const { inferences } = await samplesOf(['plain'], ['plain']);
  expect(inferences).toEqual({});
});
