import { promqlProblem } from './lint-queries.ts';
import {
  type LintedDashboard,
  type LintedVariable,
  type LintRule,
  queryOf,
  variablesOf,
} from './linted-dashboard.ts';

const ofType = (dashboard: LintedDashboard, type: string) =>
  variablesOf(dashboard).filter((variable) => variable.type === type);

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

function checkSource(variable: LintedVariable, isOnly: boolean): string[] {
  const query = queryOf(variable);
  const names = [`${query.toLowerCase()}_datasource`, ...(isOnly ? ['datasource'] : [])];
  const labels = [`${capital(query)} data source`, ...(isOnly ? ['Data source'] : [])];
  const { name, label = '' } = variable;
  return [
    ...(names.includes(name) ? [] : [`${name} should be named ${names.join(' or ')}`]),
    ...(labels.includes(label) ? [] : [`${name} should be labelled ${labels.join(' or ')}`]),
  ];
}

function checkLabel(dashboard: LintedDashboard, name: string): string[] {
  const variable = variablesOf(dashboard).find((candidate) => candidate.name === name);
  if (variable === undefined) return [`${name} is missing`];
  const uid = variable.datasource?.uid ?? '';
  const isTemplated = /^\$\{?(?:prometheus_)?datasource\}?$/.test(uid);
  return [
    ...(isTemplated ? [] : [`${name} asks ${uid}`]),
    ...(variable.type === 'query' ? [] : [`${name} is no query`]),
    ...(variable.label === capital(name) ? [] : [`${name} is not labelled ${capital(name)}`]),
    ...(variable.multi ? [] : [`${name} is no multiple choice`]),
    ...(variable.allValue === '.+' ? [] : [`all of ${name} is not .+`]),
  ];
}

function checkLabelQuery({ name, ...variable }: LintedVariable): string[] {
  const [, call, argument] = /^([a-z_]+)\((.+)\)$/.exec(queryOf({ name, ...variable })) ?? [];
  if (!['label_names', 'label_values', 'metrics', 'query_result'].includes(call)) {
    return [`${name} calls no function of Grafana`];
  }
  // The label after the last comma is no part of the selector.
  const selector = call === 'label_values' ? argument.replace(/,\s*\w+$/, '') : argument;
  return promqlProblem(selector) === undefined ? [] : [`${name} asks no PromQL: ${selector}`];
}

/** Rules about the variables of a dashboard, and about itself. */
export const templateRules: readonly LintRule[] = [
  {
    rule: 'template-datasource-rule',
    check(dashboard) {
      const sources = ofType(dashboard, 'datasource');
      if (sources.length === 0) return ['no data source is a variable'];
      return sources.flatMap((variable) => checkSource(variable, sources.length === 1));
    },
  },
  { rule: 'template-job-rule', check: (dashboard) => checkLabel(dashboard, 'job') },
  { rule: 'template-instance-rule', check: (dashboard) => checkLabel(dashboard, 'instance') },
  {
    rule: 'template-label-promql-rule',
    check: (dashboard) => ofType(dashboard, 'query').flatMap(checkLabelQuery),
  },
  {
    rule: 'template-on-time-change-reload-rule',
    check: (dashboard) =>
      ofType(dashboard, 'query')
        .filter(({ refresh }) => refresh !== 2)
        .map(({ name }) => `${name} does not follow the time`),
  },
  {
    rule: 'uneditable-dashboard',
    check: ({ editable }) => (editable === false ? [] : ['it can be edited']),
  },
];
