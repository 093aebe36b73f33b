import { expect, test } from 'vitest';
import { expose } from '../../src/telemetry/exposition.ts';
import { createMetricSet } from '../../src/telemetry/metric-set.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { createRequestMetrics } from '../../src/telemetry/request-metrics.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { exposed } from './exposed.ts';
import { finishedRecord } from './finished-record.ts';

function observed(...records: RequestRecord[]) {
  const set = createMetricSet();
  const observe = createRequestMetrics(set);
  for (const record of records) observe(record);
  return set;
}

test('a finished request feeds every series that it owns', async () => {
  const names = Object.keys(await exposed(observed(finishedRecord()))).join('\n');
  for (const [name, { owner }] of Object.entries(metricTable)) {
    if (owner === 'request.finished') expect(names).toContain(`sightline_${name}`);
  }
});

test('times, candidates, hits and removals are those of the record', async () => {
  const samples = await exposed(observed(finishedRecord(), finishedRecord()));
  const request = 'work="home",strategy="blend",segment="de",catalog="shoes",outcome="fallback"';
  const stage = 'work="home",stage="retrieve",component="union",outcome="partial"';
  const http =
    'http_request_method="POST",http_route="/v1/recommend/{work}",http_response_status_code="200",error_type=""';
  expect(samples).toMatchObject({
    [`sightline_request_duration_seconds_count{${request}}`]: 2,
    [`sightline_request_duration_seconds_sum{${request}}`]: expect.closeTo(0.02469, 9),
    [`sightline_stage_duration_seconds_count{${stage}}`]: 2,
    [`sightline_stage_duration_seconds_sum{${stage}}`]: expect.closeTo(0.011, 9),
    'sightline_stage_candidates_sum{work="home",stage="retrieve",direction="out"}': 1000,
    'sightline_stage_candidates_sum{work="home",stage="filter",direction="in"}': 1000,
    'sightline_component_duration_seconds_sum{work="home",stage="retrieve",component="popular"}':
      expect.closeTo(0.008, 9),
    'sightline_retriever_hits_total{work="home",component="popular"}': 1000,
    'sightline_filter_removed_total{work="home",component="hidden"}': 980,
    [`http_server_request_duration_seconds_count{${http}}`]: 2,
  });
});

test('a stage that never ran and a component that was never reached are no observations', async () => {
  const record = finishedRecord();
  record.stageStart[2] = 0;
  record.componentMs[1] = 0;
  record.componentCount[1] = 0;
  const samples = await exposed(observed(record));
  expect(Object.keys(samples).join()).not.toContain('stage="score",component="blend"');
  const popular =
    'sightline_component_duration_seconds_count{work="home",stage="retrieve",component="popular"}';
  expect(samples[popular]).toBe(0);
});

test('a request without a work is an observation of HTTP alone', async () => {
  const record = new RequestRecord();
  record.reset(undefined);
  Object.assign(record, { method: 'BREW', status: 503, startedAt: 5, endedAt: 6 });
  const samples = await exposed(observed(record));
  const http =
    'http_request_method="_OTHER",http_route="",http_response_status_code="503",error_type="503"';
  expect(samples[`http_server_request_duration_seconds_count{${http}}`]).toBe(1);
  expect(Object.keys(samples).join()).not.toContain('request_duration_seconds_count{work=');
});

test('the trace id is the exemplar of the request, of its stages and of its HTTP side', async () => {
  const set = observed(finishedRecord());
  const { body } = await expose(set.registry, 'application/openmetrics-text');
  const lines = body.split('\n').filter((line) => line.includes(finishedRecord().traceId));
  const series = new Set(lines.map((line) => line.split('{')[0]));
  expect([...series]).toEqual([
    'sightline_request_duration_seconds_bucket',
    'sightline_stage_duration_seconds_bucket',
    'http_server_request_duration_seconds_bucket',
  ]);
});

test('label values that strangers choose do not grow the set without bound', async () => {
  const records = Array.from({ length: 2000 }, (_, i) => {
    const record = finishedRecord();
    record.segment = `segment ${i}`;
    return record;
  });
  const set = observed(...records);
  const { body } = await expose(set.registry);
  expect(body).toContain('segment="__other__"');
  expect(set.size()).toBeLessThan(2500);
});
