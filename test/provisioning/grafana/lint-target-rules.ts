import {
  isRateInterval,
  logqlProblem,
  logqlRanges,
  promqlProblem,
  selectorsOf,
} from './lint-queries.ts';
import { type LintedTarget, type LintRule, panelsOf } from './linted-dashboard.ts';

const counting = ['rate', 'irate', 'increase'];

/** Checks the shown queries that go to one type of data source. */
function onTargets(type: string, problems: (expr: string) => string[]): LintRule['check'] {
  const asks = ({ datasource, hide }: LintedTarget) => datasource?.type === type && !hide;
  return (dashboard) =>
    panelsOf(dashboard).flatMap((panel) =>
      (panel.targets ?? [])
        .filter(asks)
        .flatMap(({ expr = '' }) =>
          [...new Set(problems(expr))].map((message) => ({ message, panel, expr })),
        ),
    );
}

const listed = (problem: string | undefined) => (problem === undefined ? [] : [problem]);

const matcherRule = (label: string): LintRule => ({
  rule: `target-${label}-rule`,
  check: onTargets('prometheus', (expr) =>
    selectorsOf(expr)
      .filter(({ matchers }) => !matchers.includes(`${label}=~"$${label}"`))
      .map(({ metric }) => `${metric} is not asked for by ${label}`),
  ),
});

/** Rules about the queries of panels. */
export const targetRules: readonly LintRule[] = [
  {
    rule: 'target-promql-rule',
    check: onTargets('prometheus', (expr) => listed(promqlProblem(expr))),
  },
  { rule: 'target-logql-rule', check: onTargets('loki', (expr) => listed(logqlProblem(expr))) },
  {
    rule: 'target-logql-auto-rule',
    check: onTargets('loki', (expr) =>
      logqlRanges(expr)
        .filter((range) => range !== '$__auto')
        .map((range) => `looks back ${range}`),
    ),
  },
  {
    rule: 'target-rate-interval-rule',
    check: onTargets('prometheus', (expr) =>
      selectorsOf(expr)
        .filter(({ range, call }) => range !== undefined && (call === 'rate' || call === 'irate'))
        .filter(({ range = '' }) => !isRateInterval(range))
        .map(({ metric, range }) => `the rate of ${metric} looks back ${range}`),
    ),
  },
  matcherRule('job'),
  matcherRule('instance'),
  {
    rule: 'target-counter-agg-rule',
    check: onTargets('prometheus', (expr) =>
      selectorsOf(expr)
        .filter(({ metric, call }) => metric.endsWith('_total') && !counting.includes(call ?? ''))
        .map(({ metric }) => `${metric} is a counter without a rate`),
    ),
  },
];
