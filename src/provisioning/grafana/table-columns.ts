import {
  TransformationBuilder,
  type TransformationKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Panel } from '../dashboards/dashboard.ts';
import { refIdOf } from './data-query.ts';

type Names = Readonly<Record<string, string>>;

/** What an alert is shown with, where its panel does not say it; its value is always 1. */
const alertColumns: Names = {
  alertname: 'Alert',
  severity: 'Severity',
  work: 'Work',
  stage: 'Stage',
};

/** What is the same in all rows. */
const constant = ['Time', '__name__', 'environment', 'job'];

/**
 * The shown names of the fields of a table, in their order: first the columns that the panel names, by label, by the
 * id or legend of a query, or as `Value`; then the values of the other queries, under their legends.
 */
export function columnNames({ shape, columns, queries }: Panel): Names {
  if (shape === 'alerts') return columns ?? alertColumns;
  const values = queries.map((_, q) => (queries.length === 1 ? 'Value' : `Value #${refIdOf(q)}`));
  const fieldOf = (key: string) => {
    const place = queries.findIndex(({ legend }, q) => refIdOf(q) === key || legend === key);
    return values[place] ?? key;
  };
  const named = Object.entries(columns ?? {}).map(([key, name]) => [fieldOf(key), name]);
  const titles = new Map<string, string>();
  for (const [field, name] of named) titles.set(field, name);
  values.forEach((field, q) => {
    if (!titles.has(field)) titles.set(field, queries[q].legend ?? field);
  });
  return Object.fromEntries(titles);
}

/**
 * Puts the answers of a table side by side. Where the panel names columns, labels that it does not name are left out;
 * else only what is the same in all rows.
 */
export function tableTransformations(panel: Panel): TransformationBuilder[] {
  const { shape, queries, columns } = panel;
  if (shape !== 'table' && shape !== 'alerts') return [];
  const names = columnNames(panel);
  const fields = Object.keys(names);
  const isNamed = columns !== undefined || shape === 'alerts';
  const excluded = isNamed ? [] : constant;
  const places = isNamed ? fields.map((field, place) => [field, place]) : [];
  return [
    ...(queries.length > 1 ? [transformation('merge', {})] : []),
    ...(isNamed ? [transformation('filterFieldsByName', { include: { names: fields } })] : []),
    transformation('organize', {
      excludeByName: Object.fromEntries(excluded.map((field) => [field, true])),
      indexByName: Object.fromEntries(places),
      renameByName: names,
    }),
  ];
}

function transformation(group: string, options: TransformationKind['spec']['options']) {
  return new TransformationBuilder().group(group).options(options);
}
