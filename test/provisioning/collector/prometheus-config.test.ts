import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { collectorFiles } from '../../../src/provisioning/collector/collector-files.ts';
import { prometheusConfig } from '../../../src/provisioning/collector/prometheus-config.ts';
import { onHost, targets } from '../../../src/provisioning/collector/targets.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { testWith } from '../../installed.ts';
import { exampleDefinition } from '../example-definition.ts';
import { written } from './written-files.ts';

const config = (different: Partial<Definition> = {}) =>
  parse(prometheusConfig(exampleDefinition(different)).text);

function groups(different: Partial<Definition> = {}) {
  const definition = exampleDefinition(different);
  return JSON.parse(targets(definition, 'deploy/targets.json', onHost(definition)).text);
}

const program = 'promtool';
const testWithPromtool = testWith(program);

testWithPromtool.each<[string, Partial<Definition>]>([
  ['as it is shipped', {}],
  ['with an environment', { environment: 'staging', nodes: ['a:8081', '[2001:db8::1]:8081'] }],
  ['scraped each second', { scrapeSeconds: 1, sloDays: 0.02, service: 'shop.recommender' }],
  ['scraped seldom', { scrapeSeconds: 300, sloDays: 90 }],
])('promtool takes the configuration of a gateway %s, with its targets', (_, different) => {
  const folder = written(collectorFiles(exampleDefinition(different)));
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'alerts/some.yaml'), 'groups: []\n');
  const args = ['check', 'config', join(folder, 'deploy/prometheus.yml')];
  expect(execFileSync(program, args, { encoding: 'utf8' })).toMatch(/1 rule files|SUCCESS/);
});

testWithPromtool('promtool finds a broken rule file through the configuration', () => {
  const folder = written(collectorFiles(exampleDefinition()));
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'alerts/some.yaml'), 'groups: [{ name: a, rules: [{}] }]\n');
  const args = ['check', 'config', join(folder, 'deploy/prometheus.yml')];
  expect(() => execFileSync(program, args, { stdio: 'pipe' })).toThrow();
});

test('the gateway is scraped under its service name at every node, IPv6 as well', () => {
  const nodes = ['10.0.0.1:8081', '[2001:db8::1]:8081', 'reco.internal:9000'];
  expect(groups({ nodes, service: 'shop' })[0]).toEqual({
    targets: nodes,
    labels: { job: 'shop' },
  });
});

test('an environment is a label of everything that is scraped', () => {
  const labels = groups({ environment: 'staging' }).map(
    (group: { labels: object }) => group.labels,
  );
  expect(labels).toEqual(
    labels.map(({ job }: { job: string }) => ({ job, environment: 'staging' })),
  );
  expect(groups().flatMap((group: { labels: object }) => Object.keys(group.labels))).not.toContain(
    'environment',
  );
});

test('a thousand nodes are one group', () => {
  const nodes = Array.from({ length: 1000 }, (_, n) => `reco-${n}.internal:8081`);
  expect(groups({ nodes })[0].targets).toEqual(nodes);
});

test('each job takes its own group of the targets and no other', () => {
  const { scrape_configs: jobs, alerting } = config({ service: 'shop.reco' });
  const kept = (entry: { relabel_configs: { regex: string }[] }) =>
    groups({ service: 'shop.reco' })
      .map((group: { labels: { job: string } }) => group.labels.job)
      .filter((job: string) => new RegExp(`^(?:${entry.relabel_configs[0].regex})$`).test(job));
  for (const job of jobs) expect(kept(job)).toEqual([job.job_name]);
  expect(jobs).toHaveLength(groups().length);
  expect(kept(alerting.alertmanagers[0])).toEqual(['alertmanager']);
});

test('span series keep the name of the service they are about', () => {
  const spans = config().scrape_configs.filter((job: { honor_labels?: true }) => job.honor_labels);
  expect(spans.map(({ job_name }: { job_name: string }) => job_name)).toEqual(['span-metrics']);
});

test('a scrape never takes longer than the time to the next', () => {
  expect(config({ scrapeSeconds: 3 }).global).toMatchObject({
    scrape_interval: '3s',
    scrape_timeout: '3s',
  });
  expect(config({ scrapeSeconds: 60 }).global.scrape_timeout).toBe('10s');
});

test('nothing in it holds a credential', () => {
  expect(prometheusConfig(exampleDefinition()).text).not.toMatch(
    /^\s*(?:authorization|basic_auth)/m,
  );
});
