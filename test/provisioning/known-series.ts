import { recordedSeries } from '../../src/provisioning/rules/recorded.ts';
import type { Definition } from '../../src/provisioning/source/definition.ts';
import { tableMetrics } from '../../src/provisioning/source/metric-definition.ts';
import { processSeries } from '../../src/provisioning/source/process-series.ts';
import {
  alertSeries,
  scrapeSeries,
  spanSeries,
} from '../../src/provisioning/source/server-series.ts';

interface Shape {
  readonly type?: string;
  readonly labels: readonly string[];
}

/** Every series that a Prometheus beside a gateway has, with all of its labels, by the name in an expression. */
export function knownSeries(definition: Definition): ReadonlyMap<string, ReadonlySet<string>> {
  const place = ['job', ...(definition.environment === undefined ? [] : ['environment'])];
  const target = [...place, 'instance'];
  const named = [...tableMetrics(), ...definition.ownMetrics].map((metric): [string, Shape] => [
    metric.name,
    metric,
  ]);
  return new Map([
    ...named.flatMap(([name, shape]) => samples(name, shape, target)),
    ...of({ ...processSeries, ...scrapeSeries, ...spanSeries }, target),
    // Rules put instances together, and alerts have the labels of their rules.
    ...of({ ...recordedSeries, ...alertSeries }, place),
  ]);
}

const of = (table: Readonly<Record<string, Shape>>, beside: readonly string[]) =>
  Object.entries(table).flatMap(([name, shape]) => samples(name, shape, beside));

function samples(
  name: string,
  { type, labels }: Shape,
  beside: readonly string[],
): [string, ReadonlySet<string>][] {
  const all = [...labels, ...beside];
  if (type !== 'histogram') return [[name, new Set(all)]];
  return [
    [`${name}_bucket`, new Set([...all, 'le'])],
    [`${name}_sum`, new Set(all)],
    [`${name}_count`, new Set(all)],
  ];
}
