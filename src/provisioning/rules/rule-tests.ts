import type { GeneratedFile } from '../generated-file.ts';
import type { Definition } from '../source/definition.ts';
import { type Yaml, yamlFile } from '../yaml-file.ts';
import { expandTemplate } from './annotation-template.ts';
import { durationText } from './duration.ts';
import type { AlertRule, RuleGroup, Traffic } from './rule.ts';
import { annotationsOf, labelsOf } from './rule-file.ts';
import { isAlert } from './rule-groups.ts';

/** What a file of tests is made from. */
export interface RuleTestOptions {
  /** Part of the names of the files. */
  readonly key: string;
  /** Files with the rules, relative to the folder of the tests. */
  readonly ruleFiles: readonly string[];
  /** Groups in the order in which they are evaluated. */
  readonly groups: readonly RuleGroup[];
}

/**
 * Tests for `promtool test rules`: each alert fires in one and is silent in another. A file has one time between
 * evaluations, so there is a file for each.
 */
export function ruleTestFiles(
  definition: Definition,
  { key, ruleFiles, groups }: RuleTestOptions,
): GeneratedFile[] {
  const tests = groups
    .flatMap(({ rules }) => rules)
    .filter(isAlert)
    .flatMap((rule, _, rules) => testsOf(definition, rule, rules));
  const byTime = Map.groupBy(tests, ({ evaluationSeconds }) => evaluationSeconds);
  return [...byTime].map(([evaluationSeconds, some]) => {
    const interval = durationText(evaluationSeconds);
    return yamlFile(`alerts/tests/${key}-${interval}.yaml`, {
      about: `For \`promtool test rules\`: each alert fires once and is silent once, evaluated every ${interval}.`,
      content: {
        rule_files: ruleFiles,
        evaluation_interval: interval,
        group_eval_order: groups.map(({ name }) => name),
        tests: some.map(({ test }) => test),
      },
    });
  });
}

interface RuleTest {
  readonly evaluationSeconds: number;
  readonly test: Yaml;
}

function testsOf(definition: Definition, rule: AlertRule, rules: readonly AlertRule[]): RuleTest[] {
  const { firing, silent } = rule.proof;
  const namesakes = rules.filter(
    ({ alert, severity }) => alert === rule.alert && firing.alsoFiring?.includes(severity),
  );
  return [
    testOf(rule, firing, {
      state: 'fires',
      alerts: [rule, ...namesakes].map((fired) => expected(definition, fired, firing)),
    }),
    ...(silent === undefined ? [] : [testOf(rule, silent, { state: 'is silent', alerts: [] })]),
  ];
}

function testOf(
  { alert, severity }: AlertRule,
  { series, stepSeconds = 60, evaluationSeconds = stepSeconds, atMinutes }: Traffic,
  { state, alerts }: { state: string; alerts: readonly Yaml[] },
): RuleTest {
  const test = {
    name: `${alert} (${severity}) ${state}`,
    interval: durationText(stepSeconds),
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        alertname: alert,
        eval_time: durationText(Math.round(atMinutes * 60)),
        exp_alerts: alerts,
      },
    ],
  };
  return { evaluationSeconds, test };
}

function expected(definition: Definition, rule: AlertRule, { labels, value }: Traffic) {
  const { service, environment } = definition;
  const all = {
    ...labelsOf(rule),
    job: service,
    ...(environment === undefined ? {} : { environment }),
    ...labels,
  };
  const annotations = annotationsOf(definition, rule);
  const description = expandTemplate(annotations.description, { labels: all, value });
  return { exp_labels: all, exp_annotations: { ...annotations, description } };
}
