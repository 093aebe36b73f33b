import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { GeneratedFile } from '../../../src/provisioning/generated-file.ts';
import { ruleFile } from '../../../src/provisioning/rules/rule-file.ts';
import { ruleGroupsOf } from '../../../src/provisioning/rules/rule-groups.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';

/** What promtool says of files, which are relative to a folder made for it; throws with what it says where it fails. */
export async function promtool(
  files: readonly GeneratedFile[],
  ...command: readonly string[]
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-rules-'));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await new Promise((resolve, reject) => {
      execFile('promtool', command, { cwd: folder }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`${stdout}\n${stderr}`)),
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is asked of the rules of a definition in one go. */
export interface Scenario {
  readonly series: Readonly<Record<string, string>>;
  /** Time between two values and two evaluations: `1m`. */
  readonly step: string;
  /** Alerts by name, when they are asked for, and the severities that fire then. */
  readonly alerts?: readonly (readonly [name: string, at: string, severities: readonly string[]])[];
  /** Expressions, when they are asked for, and the samples they have then. */
  readonly values?: readonly (readonly [expr: string, at: string, samples: readonly Sample[]])[];
}

/** A sample as promtool writes it: `{ labels: 'up{job="sightline"}', value: 1 }`. */
interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** Runs a scenario through the rules of a definition. Throws where they say otherwise. */
export async function play(
  definition: Definition,
  { series, step, alerts = [], values = [] }: Scenario,
): Promise<void> {
  const { recording, objectives, symptoms } = ruleGroupsOf(definition);
  const asked = alerts.map(([name]) => name);
  // Alerts that are not asked for only cost time.
  const groups = [...recording, ...objectives, ...symptoms].map((group) => ({
    ...group,
    rules: group.rules.filter((rule) => 'record' in rule || asked.includes(rule.alert)),
  }));
  const firing = alerts.map(
    ([name, at, severities]) =>
      [
        `count by (severity) (ALERTS{alertname="${name}", alertstate="firing"})`,
        at,
        severities.map((severity) => ({ labels: `{severity="${severity}"}`, value: 1 })),
      ] as const,
  );
  const test = {
    rule_files: ['rules.yaml'],
    evaluation_interval: step,
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      {
        interval: step,
        input_series: Object.entries(series).map(([name, text]) => ({
          series: name,
          values: text,
        })),
        promql_expr_test: [...values, ...firing].map(([expr, at, samples]) => ({
          expr,
          eval_time: at,
          exp_samples: samples,
        })),
      },
    ],
  };
  const files = [
    ruleFile(definition, { path: 'rules.yaml', about: 'Rules' }, groups),
    { path: 'test.yaml', text: stringify(test) },
  ];
  await promtool(files, 'test', 'rules', 'test.yaml');
}
