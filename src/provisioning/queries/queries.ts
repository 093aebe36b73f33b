import type {
  CounterName,
  GaugeName,
  HistogramName,
  LabelName,
  MetricName,
} from '../../telemetry/metrics.ts';

/** Where the series of a query are looked for, and how far back its rates look. */
export interface Scope {
  /** Matchers of every selector: `job=~"$job"`. */
  readonly matchers: readonly string[];
  /** `$__rate_interval` of a dashboard, `5m` of a rule. */
  readonly window: string;
  /** Labels that every aggregation keeps. */
  readonly keep: readonly string[];
}

/** A condition on a label: the value itself, or an operator and a value as in `=~$strategy`. */
export type Matcher = string;

/** What narrows and groups a query; labels are those of the metric and no others. */
export interface Narrowing<Name extends MetricName> {
  readonly where?: Readonly<Partial<Record<LabelName<Name>, Matcher>>> | undefined;
  readonly by?: readonly LabelName<Name>[] | undefined;
  /** Instead of the window of the scope. */
  readonly window?: string | undefined;
}

/** PromQL over the table of series: a name or label that the table does not have does not compile. */
export interface Queries {
  /** `name{matchers}`, with `_bucket`, `_sum` or `_count` behind the name where it is asked for. */
  select<Name extends MetricName>(
    name: Name,
    where?: Narrowing<Name>['where'],
    suffix?: '_bucket' | '_sum' | '_count',
  ): string;
  /** Increments a second of a counter. */
  rate<Name extends CounterName>(name: Name, narrowing?: Narrowing<Name>): string;
  /** Increments of a counter over the window. */
  increase<Name extends CounterName>(name: Name, narrowing?: Narrowing<Name>): string;
  /** Observations a second of a histogram. */
  count<Name extends HistogramName>(name: Name, narrowing?: Narrowing<Name>): string;
  /** Mean of the observations of a histogram. */
  mean<Name extends HistogramName>(name: Name, narrowing?: Narrowing<Name>): string;
  /** Quantile of the observations of a histogram. */
  quantile<Name extends HistogramName>(q: number, name: Name, narrowing?: Narrowing<Name>): string;
  /** Observations a second by bucket, for a heatmap. */
  buckets<Name extends HistogramName>(name: Name, narrowing?: Narrowing<Name>): string;
  /** Share of the observations of a histogram at most `bound`, interpolated inside its bucket. */
  within<Name extends HistogramName>(
    bound: number,
    name: Name,
    narrowing?: Narrowing<Name>,
  ): string;
  /** A gauge, several instances or labels put together by `of`. */
  level<Name extends GaugeName>(
    name: Name,
    narrowing?: Narrowing<Name> & { readonly of?: 'avg' | 'max' | 'min' | 'sum' },
  ): string;
}
