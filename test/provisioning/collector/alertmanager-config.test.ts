import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { collectorFiles } from '../../../src/provisioning/collector/collector-files.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { testWith } from '../../installed.ts';
import { exampleDefinition } from '../example-definition.ts';
import { written } from './written-files.ts';

const both = ['deploy/alertmanager.yml', 'deploy/compose-alertmanager.yml'] as const;

function configAt(path: string, different: Partial<Definition> = {}) {
  const files = collectorFiles(exampleDefinition(different));
  return parse(files.find((file) => file.path === path)!.text);
}

const program = 'amtool';
const amtool = (...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

testWith(program).each(both)('amtool takes %s', (path) => {
  const nodes = ['[::1]:8081', 'reco-2:8081'];
  const folder = written(collectorFiles(exampleDefinition({ nodes })));
  expect(amtool('check-config', join(folder, path))).toContain('4 receivers');
});

testWith(program).each([
  ['critical', 'gateway,people'],
  ['warning', 'gateway,people'],
  ['info', 'gateway,nobody'],
  ['none', 'watchdog'],
])('an alert of severity %s goes to %s', (severity, receivers) => {
  const folder = written(collectorFiles(exampleDefinition()));
  const config = `--config.file=${join(folder, both[0])}`;
  expect(amtool('config', 'routes', 'test', config, `severity=${severity}`).trim()).toBe(receivers);
});

testWith(program)('an alert of somebody else without a severity reaches people', () => {
  const folder = written(collectorFiles(exampleDefinition()));
  const config = `--config.file=${join(folder, both[0])}`;
  expect(amtool('config', 'routes', 'test', config, 'alertname=Disk').trim()).toBe('people');
});

test('every gateway is told, with the token from a file', () => {
  const nodes = ['10.0.0.1:8081', '[2001:db8::1]:8081'];
  const gateway = configAt(both[0], { nodes }).receivers.at(-1);
  expect(gateway.webhook_configs.map(({ url }: { url: string }) => url)).toEqual([
    'http://10.0.0.1:8081/control/alerts',
    'http://[2001:db8::1]:8081/control/alerts',
  ]);
  for (const { http_config: http } of gateway.webhook_configs) {
    expect(http.authorization).toEqual({
      type: 'Bearer',
      credentials_file: '/etc/alertmanager/control-token',
    });
  }
});

test('a page silences the warning about the same matter and no other', () => {
  const [rule] = configAt(both[0]).inhibit_rules;
  expect(rule.source_matchers).toEqual(['severity="critical"']);
  expect(rule.equal).toEqual(expect.arrayContaining(['alertname', 'work', 'stage', 'environment']));
});

test('people and the watchdog hold nobody until somebody is entered', () => {
  const { receivers } = configAt(both[1]);
  const empty = receivers.filter((receiver: object) => Object.keys(receiver).length === 1);
  expect(empty).toEqual([{ name: 'people' }, { name: 'nobody' }, { name: 'watchdog' }]);
});
