import type { MetricRow } from '../../telemetry/metric-row.ts';
import type { HistogramName, MetricName } from '../../telemetry/metrics.ts';
import { metricTable } from '../../telemetry/metrics.ts';
import { canonicalNumber } from '../../telemetry/series/sample-text.ts';
import type { Narrowing, Queries } from '../queries/queries.ts';
import type { AlertProof } from './rule.ts';
import type { RuleQueries } from './rule-queries.ts';

/** Values of some series, in the notation of `promtool test rules`. */
export type ProofSeries = Readonly<Record<string, string>>;

/** Steps that every proof has values for. */
const proofSteps = 400;

/**
 * When alerts are asked for that compare with the day or the week before: a value each half hour, few evaluations.
 * What is changed after the 50th or the 350th value is compared with what was before.
 */
const comparing = { stepSeconds: 1800, evaluationSeconds: 43_200 } as const;
export const aDayLater = { ...comparing, atMinutes: 2 * 1440 } as const;
export const aWeekLater = { ...comparing, atMinutes: 8 * 1440 } as const;

/**
 * A counter that grows evenly.
 *
 * @example growing(60) // '0+60x400'
 */
export const growing = (perStep: number, steps = proofSteps) => `0+${perStep}x${steps}`;

/** A gauge that stays. */
export const steady = (value: number, steps = proofSteps) => `${value}+0x${steps}`;

/**
 * A selector with more labels.
 *
 * @example withLabels('up{job="sightline"}', { instance: 'a:1' }) // 'up{job="sightline", instance="a:1"}'
 */
export function withLabels(selector: string, labels: Readonly<Record<string, string>>): string {
  const more = Object.entries(labels).map(([label, value]) => `, ${label}="${value}"`);
  return selector.replace(/\}$/, `${more.join('')}}`);
}

/** What happens for the first time in a proof: how often, and the labels that its alert has. */
interface FirstTime {
  readonly times: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Proof of an alert on something rare: its first time fires, what was long ago does not. */
export function firstTime(
  q: Pick<RuleQueries, 'target'>,
  series: string,
  { times, labels = {} }: FirstTime,
): AlertProof {
  const up = { [q.target('up')]: steady(1) };
  const stepSeconds = 300;
  return {
    firing: {
      series: { ...up, [series]: `_x4 ${steady(times)}` },
      stepSeconds,
      atMinutes: 25,
      labels,
      value: times,
    },
    silent: { series: { ...up, [series]: steady(times) }, stepSeconds, atMinutes: 40 },
  };
}

/** What the observations of a histogram are like. */
interface Observations<Name extends MetricName> {
  readonly where?: Narrowing<Name>['where'];
  /** What is observed each time. */
  readonly value: number;
  readonly perStep: number;
}

/** The series of a histogram with so many equal observations a step. */
export function observed<Name extends HistogramName>(
  q: Queries,
  name: Name,
  { where, value, perStep }: Observations<Name>,
): ProofSeries {
  const { buckets = [] }: MetricRow = metricTable[name];
  const bucket = q.select(name, where, '_bucket');
  const bounds = [...buckets, Number.POSITIVE_INFINITY].map((bound) => [
    withLabels(bucket, { le: canonicalNumber(bound) }),
    growing(value <= bound ? perStep : 0),
  ]);
  return {
    ...Object.fromEntries(bounds),
    [q.select(name, where, '_count')]: growing(perStep),
    [q.select(name, where, '_sum')]: growing(Number((value * perStep).toPrecision(12))),
  };
}
