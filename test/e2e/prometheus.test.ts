import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter } from 'prom-client';
import { expect } from 'vitest';
import { expose } from '../../src/telemetry/exposition.ts';
import { createMetricSet, type MetricSet } from '../../src/telemetry/metric-set.ts';
import { testWith } from '../installed.ts';
import { startPrometheus } from './running-server.ts';

const program = 'prometheus';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

/** A server of one exposition; `asked` collects the content types it answered with. */
async function serveMetrics(set: MetricSet, asked: Set<string>): Promise<Server> {
  const server = createServer((request, response) => {
    void expose(set.registry, request.headers.accept).then(({ contentType, body }) => {
      asked.add(contentType);
      response.setHeader('content-type', contentType).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A Prometheus that scrapes a port of this machine as often as it can. */
function startScraper(targetPort: number) {
  return startPrometheus({
    scrape_configs: [
      {
        job_name: 'sightline',
        scrape_interval: '200ms',
        scrape_timeout: '200ms',
        static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }],
      },
    ],
  });
}

/** Asks the API until it has an answer; gives up after 15 seconds. */
async function ask<T>(port: number, path: string, query: Record<string, string>): Promise<T[]> {
  const url = `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(query)}`;
  for (const end = performance.now() + 15_000; performance.now() < end; ) {
    const body = await fetch(url).then(
      (response) => response.json() as Promise<{ data?: T[] | { result: T[] } }>,
      () => undefined,
    );
    const found = Array.isArray(body?.data) ? body.data : body?.data?.result;
    if (found !== undefined && found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [];
}

testWith(program)(
  'a real Prometheus scrapes every sample and gives the exemplar back',
  async () => {
    const set = createMetricSet();
    const labels = { work: 'home', stage: 'score', component: 'say "hi"', outcome: 'ok' };
    set.histogram('stage_duration_seconds', labels).observe(0.003, traceId);
    set.counter('events_dropped_total', { reason: 'ring_full' }).add(2, traceId);
    new Counter({ name: 'plugin_total', help: 'A plugin', registers: [set.registry] }).inc(7);

    const asked = new Set<string>();
    const target = await serveMetrics(set, asked);
    try {
      const { port } = await startScraper((target.address() as AddressInfo).port);
      type Sample = { metric: Record<string, string>; value: [number, string] };
      const value = async (query: string) =>
        (await ask<Sample>(port, 'query', { query })).map((sample) => sample.value[1]);
      expect(await value('sightline_stage_duration_seconds_bucket{le="0.005"}')).toEqual(['1']);
      expect(await value('sightline_stage_duration_seconds_sum')).toEqual(['0.003']);
      expect(await value('sightline_events_dropped_total')).toEqual(['2']);
      expect(await value('plugin_total')).toEqual(['7']);
      expect(await value('count({job="sightline", __name__=~"sightline_.*"})')).toEqual([
        String(set.size()),
      ]);
      const [stage] = await ask<Sample>(port, 'query', {
        query: 'sightline_stage_duration_seconds_count',
      });
      expect(stage.metric).toMatchObject(labels);

      type Exemplars = { exemplars: { labels: Record<string, string>; value: string }[] };
      const range = { start: '0', end: String(Date.now() / 1000 + 60) };
      for (const [query, seen] of [
        ['sightline_stage_duration_seconds_bucket', '0.003'],
        ['sightline_events_dropped_total', '2'],
      ]) {
        const [found] = await ask<Exemplars>(port, 'query_exemplars', { query, ...range });
        expect(found.exemplars[0]).toMatchObject({ labels: { trace_id: traceId }, value: seen });
      }
      expect([...asked]).toEqual(['application/openmetrics-text; version=1.0.0; charset=utf-8']);
    } finally {
      target.closeAllConnections();
      target.close();
    }
  },
  30_000,
);
