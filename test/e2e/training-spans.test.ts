import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openRegistry } from '../../src/models/registry.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import {
  type RunTools,
  runTraining,
  type TrainingRun,
} from '../../src/training/schedule/run-training.ts';
import { trainingSchema } from '../../src/training/training-schema.ts';
import { sessionsOf } from '../models/tiny-sessions.ts';
import type { DecodedSpan } from '../telemetry/decode-spans.ts';
import { openSpanSink } from '../telemetry/span-sink.ts';

/** Codes of `Status` in opentelemetry-proto. */
const unset = 0;
const error = 2;

/** Nanoseconds: spans begin by a clock of whole milliseconds. */
const slack = 2_000_000n;

const models = { next: { kind: 'markov-1', options: {} }, hot: { kind: 'popular', options: {} } };

/** Trains into a new folder, and answers what came of it and the spans that reached a receiver. */
async function train(run: Partial<TrainingRun> = {}, tools: Partial<RunTools> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-training-spans-'));
  const sink = await openSpanSink();
  const telemetry = openTelemetry({
    ...{ serviceName: 'sightline', serviceVersion: '1.2.3', level: 'error', maxLabelValues: 50 },
    ...{ metrics: false, traces: true, events: false, requestLog: 'none' },
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
    logDestination: join(folder, 'log'),
  });
  onTestFinished(async () => {
    await telemetry.close();
    await sink.close();
    rmSync(folder, { recursive: true });
  });
  await telemetry.flush();
  const report = await runTraining(
    { id: 'r1', trigger: 'manual', models, ...run },
    {
      ...{ folder, registry: openRegistry({ folder }), options: trainingSchema.parse({}) },
      data: () => ({ interactions: sessionsOf(...Array<string>(60).fill('abcdef')) }),
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      emit: telemetry.emit,
      publish: async () => 'published',
      ...tools,
    },
  );
  await telemetry.flush();
  // In the order in which they ended.
  const spans = sink.spans();
  const [root] = spans.filter(({ name }) => name === 'training');
  return { report, root, phases: spans.filter((span) => span !== root) };
}

const modelOf = ({ attributes }: DecodedSpan) => attributes['sightline.model'];

test('a run is a trace of its own, and its phases are children that follow each other', async () => {
  const { report, root, phases } = await train();
  expect(root).toMatchObject({
    parentSpanId: '',
    statusCode: unset,
    attributes: {
      'sightline.training.run': 'r1',
      'sightline.training.trigger': 'manual',
      'sightline.outcome': report.outcome,
    },
  });
  expect(report.outcome).toBe('published');
  expect(phases.map((span) => [span.name, modelOf(span)])).toEqual([
    ['training load', undefined],
    ...['next', 'hot'].flatMap((model) => [
      ['training train', model],
      ['training evaluate', model],
      ['training gate', model],
      ['training train', model],
    ]),
    ['training publish', undefined],
  ]);
  for (const [at, phase] of phases.entries()) {
    expect(phase).toMatchObject({ traceId: root.traceId, parentSpanId: root.spanId });
    expect(phase.statusCode).toBe(unset);
    expect(phase.start).toBeGreaterThanOrEqual((phases[at - 1]?.end ?? root.start) - slack);
    expect(phase.end).toBeLessThanOrEqual(root.end + slack);
  }
});

test('a run that fails is an error, and so is the phase in which it did', async () => {
  const { root, phases } = await train({}, { publish: () => Promise.reject(new Error('no room')) });
  expect(root).toMatchObject({ statusCode: error, attributes: { 'sightline.outcome': 'failed' } });
  expect(phases.filter(({ statusCode }) => statusCode === error).map(({ name }) => name)).toEqual([
    'training publish',
  ]);
});

test('a run in which some models fail is an error', async () => {
  const wild = { kind: 'popular', options: { halfLifeDays: -1 } };
  const { root } = await train({ models: { hot: models.hot, wild } });
  expect(root).toMatchObject({ statusCode: error, attributes: { 'sightline.outcome': 'partial' } });
});

test('a run that is cancelled is no error, and what was on has ended', async () => {
  const stop = new AbortController();
  const { root, phases } = await train(
    { signal: stop.signal },
    { onProgress: ({ phase }) => phase === 'evaluate' && stop.abort() },
  );
  expect(root).toMatchObject({
    ...{ statusCode: unset, attributes: { 'sightline.outcome': 'cancelled' } },
  });
  expect(phases.map(({ name }) => name)).toEqual([
    ...['training load', 'training train', 'training evaluate'],
  ]);
});
