import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { Dashboard } from '../../../src/provisioning/dashboards/dashboard.ts';
import { dashboardsOf } from '../../../src/provisioning/dashboards/index.ts';
import { ruleFiles } from '../../../src/provisioning/rules/rule-files.ts';
import { alertsOf, ruleGroupsOf } from '../../../src/provisioning/rules/rule-groups.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { testWith } from '../../installed.ts';
import { exampleDefinition } from '../example-definition.ts';
import { definitions, promisedDefinition } from './promised-definition.ts';
import { promtool } from './promtool.ts';

/** A dashboard for each that an alert leads to, with its panels. */
function dashboardsFor(definition: Definition): Dashboard[] {
  const places = alertsOf(ruleGroupsOf(definition)).map(({ dashboard }) => dashboard);
  return [...Map.groupBy(places, ({ key }) => key)].map(([key, some]) => {
    const panels = some.flatMap(({ panel }) => panel ?? []).map((panel) => ({ key: panel }));
    return { key, rows: [{ title: '', panels }] } as unknown as Dashboard;
  });
}

const filesOf = (definition: Definition) => ruleFiles(definition, dashboardsFor(definition));
const rulePaths = ['alerts/recording.yaml', 'alerts/objectives.yaml', 'alerts/symptoms.yaml'];

describe.each(Object.entries(definitions))('files of a definition %s', (_, definition) => {
  testWith('promtool')('hold rules that Prometheus takes', async () => {
    await promtool(filesOf(definition), 'check', 'rules', ...rulePaths);
  });

  test('are the same each time', () => {
    expect(filesOf(definition)).toEqual(filesOf(structuredClone(definition)));
  });

  test('test every alert that fires and every one that is silent', () => {
    type Test = { readonly tests: readonly { readonly name: string }[] };
    const names = filesOf(definition)
      .filter(({ path }) => path.startsWith('alerts/tests/'))
      .flatMap(({ text }) => (parseYaml(text) as Test).tests.map(({ name }) => name));
    const wanted = alertsOf(ruleGroupsOf(definition)).flatMap(({ alert, severity, proof }) => [
      `${alert} (${severity}) fires`,
      ...(proof.silent === undefined ? [] : [`${alert} (${severity}) is silent`]),
    ]);
    expect(names.toSorted()).toEqual(wanted.toSorted());
  });
});

const testPaths = (definition: Definition, part: string) =>
  filesOf(definition)
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`alerts/tests/${part}`));

testWith('promtool')(
  'every alert fires and is silent as its tests say',
  { timeout: 120_000 },
  async () => {
    const definition = promisedDefinition();
    await promtool(filesOf(definition), 'test', 'rules', ...testPaths(definition, ''));
  },
);

testWith('promtool')(
  'alerts on budgets of half an hour, in an environment, fire and are silent as their tests say',
  { timeout: 60_000 },
  async () => {
    const definition = promisedDefinition({
      sloDays: 0.02,
      scrapeSeconds: 1,
      environment: 'staging',
    });
    const paths = testPaths(definition, 'objectives');
    await promtool(filesOf(definition), 'test', 'rules', ...paths);
  },
);

testWith('promtool')('a test that its rules do not follow fails', async () => {
  const files = filesOf(exampleDefinition()).map(({ path, text }) => ({
    path,
    text: path.includes('tests') ? text : text.replaceAll('sightline_build_info', 'build_info'),
  }));
  const paths = testPaths(exampleDefinition(), 'symptoms-10m');
  await expect(promtool(files, 'test', 'rules', ...paths)).rejects.toThrow('FAILED');
});

test('every dashboard that an alert leads to is there, with its panel', () => {
  for (const definition of Object.values(definitions)) {
    expect(() => ruleFiles(definition, dashboardsOf(definition))).not.toThrow();
  }
});

test('an alert that leads nowhere is refused', () => {
  const definition = exampleDefinition();
  const dashboards = dashboardsFor(definition);
  const others = dashboards.filter(({ key }) => key !== 'overview');
  expect(() => ruleFiles(definition, others)).toThrow(
    'leads to dashboard overview, expected one of',
  );
  const bare = dashboards.map((dashboard) => ({ ...dashboard, rows: [] }));
  expect(() => ruleFiles(definition, bare)).toThrow('leads to panel burn of dashboard overview');
});

test('alerts lead to their page of the runbook and to their dashboard', () => {
  const definition = exampleDefinition({
    runbookUrl: 'https://runbooks.example/sightline',
    grafanaUrl: 'https://grafana.example',
  });
  type File = { groups: { rules: { alert: string; annotations: Record<string, string> }[] }[] };
  const symptoms = filesOf(definition).find(({ path }) => path === 'alerts/symptoms.yaml')!;
  const rules = (parseYaml(symptoms.text) as File).groups.flatMap(({ rules }) => rules);
  expect(rules.find(({ alert }) => alert === 'SightlineNoTraffic')?.annotations).toMatchObject({
    runbook_url: 'https://runbooks.example/sightline#sightlinenotraffic',
    dashboard_url: expect.stringMatching(
      /^https:\/\/grafana\.example\/d\/sightline-overview\?viewPanel=\d+$/,
    ),
  });
});
