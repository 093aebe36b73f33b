import { expect, test } from 'vitest';
import { type DecodedMetric, decodeMetrics } from './decode-metrics.ts';
import { openTestExport } from './open-test-export.ts';
import { openReceiver } from './receiver.ts';

/** A destination whose pushes can be looked into. */
async function openLooked(rest: object) {
  const receiver = await openReceiver();
  const opened = openTestExport({
    push: { backend: { kind: 'otlp', url: receiver.url, everySeconds: 10, ...rest } },
  });
  const pushOnce = async () => {
    await opened.pushed.flush();
    const metrics = decodeMetrics(receiver.received.at(-1)!.body);
    return new Map(metrics.map((metric) => [metric.name, metric]));
  };
  return { ...opened, pushOnce };
}

const attributes = (metric: DecodedMetric | undefined) =>
  metric?.points.map((point) => point.attributes);

test('labels that a destination does not want are gone there, and nothing of the counts', async () => {
  const { set, pushOnce } = await openLooked({
    aggregate: [{ metrics: ['sightline_fallback_total'], without: ['stage', 'reason'] }],
  });
  for (const stage of ['score', 'filter'])
    set.counter('fallback_total', { work: 'home', stage, reason: 'plugin.error' }).add(2);
  const fallbacks = (await pushOnce()).get('sightline_fallback');
  expect(attributes(fallbacks)).toEqual([{ work: 'home' }]);
  expect(fallbacks?.points[0].value).toBe(4);
});

test('the window of a gauge spans its seconds in whole periods', async () => {
  const metrics = ['sightline_ring_lag_seconds'];
  const { set, pushOnce } = await openLooked({
    aggregate: [{ metrics, windowSeconds: 29, gauges: { within: 'max' } }],
  });
  const gauge = set.gauge('ring_lag_seconds');
  const shown = [];
  for (const value of [9, 1, 2, 3, 4]) {
    gauge.set(value);
    shown.push((await pushOnce()).get('sightline_ring_lag')?.points[0].value);
  }
  expect(shown).toEqual([9, 9, 9, 3, 4]);
});

test('stages are sent while they are slow, and a counter that missed pushes catches up', async () => {
  const { set, pushOnce, facts } = await openLooked({
    sample: [
      { metrics: ['sightline_stage_duration_seconds'], over: 0.05 },
      { metrics: ['sightline_cube_overflow_total'], oneIn: 3 },
    ],
  });
  const took = (stage: string, seconds: number) =>
    set
      .histogram('stage_duration_seconds', {
        ...{ work: 'home', stage, component: 'none', outcome: 'ok' },
      })
      .observe(seconds);
  const counter = set.counter('cube_overflow_total');
  const stages = [];
  const counts = [];
  for (const scoreSeconds of [0.001, 0.2, 0.001, 0.001]) {
    took('score', scoreSeconds);
    took('filter', 0.001);
    counter.add(1);
    const metrics = await pushOnce();
    stages.push(attributes(metrics.get('sightline_stage_duration'))?.map(({ stage }) => stage));
    counts.push(metrics.get('sightline_cube_overflow')?.points[0].value);
  }
  expect(stages).toEqual([undefined, ['score'], undefined, undefined]);
  expect(counts).toEqual([1, undefined, undefined, 4]);
  const left = facts.flatMap(([name, fact]) => (name === 'metrics.sampled' ? [fact.leftOut] : []));
  // Each stage has 16 buckets, a sum and a count.
  expect(left).toEqual([36, 19, 37, 36]);
});
