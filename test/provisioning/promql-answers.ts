import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an expression should answer: a number by labels as PromQL writes them, `{}` for none. */
export type Answers = Readonly<Record<string, number>>;

/** Series with a value a minute in the notation of promtool, and what expressions answer of them at a minute. */
export interface Question {
  readonly series: Readonly<Record<string, string>>;
  readonly atMinutes: number;
  readonly expected: readonly { readonly expr: string; readonly answers: Answers }[];
}

/** What promtool finds wrong, empty where every expression answers as expected to 9 digits. */
export function wrongAnswers({ series, atMinutes, expected }: Question): string {
  const tests = expected.flatMap(({ expr, answers }) => [
    // Which series there are, then the value of each: promtool compares numbers to the last bit.
    check(`(${expr}) == bool (${expr})`, mapValues(answers, 1)),
    ...Object.entries(answers).map(([labels, value]) =>
      check(`abs(((${expr}) and ${asVector(labels)}) - ${value}) < bool 1e-9`, { [labels]: 1 }),
    ),
  ]);
  const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  const folder = mkdtempSync(join(tmpdir(), 'sightline-promql-'));
  try {
    const file = join(folder, 'test.yaml');
    const at = tests.map((test) => ({ ...test, eval_time: `${atMinutes}m` }));
    const content = { tests: [{ interval: '1m', input_series: input, promql_expr_test: at }] };
    writeFileSync(file, JSON.stringify({ evaluation_interval: '1m', rule_files: [], ...content }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
    });
    return status === 0 ? '' : stdout + stderr || `promtool ended with ${status}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function check(expr: string, answers: Answers) {
  const exp_samples = Object.entries(answers).map(([labels, value]) => ({ labels, value }));
  return { expr, exp_samples };
}

const mapValues = (answers: Answers, value: number): Answers =>
  Object.fromEntries(Object.keys(answers).map((labels) => [labels, value]));

/** A vector with these labels, to choose one of several answers with. */
function asVector(labels: string): string {
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)];
  return pairs.reduce(
    (inner, [, label, value]) => `label_replace(${inner}, "${label}", "${value}", "", "")`,
    'vector(1)',
  );
}
