/** A point of a line: seconds since 1970, and the value. */
export type Point = readonly [atSeconds: number, value: number];

/** One series of an answer. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** In the order of time; one point where only the last value was asked for. */
  readonly points: readonly Point[];
}

/** What Prometheus answered to one query of a panel. */
export interface QueryAnswer {
  readonly series: readonly Series[];
  /** Time and value of the requests behind the numbers. */
  readonly exemplars: readonly Point[];
}

/** The time that a preview shows, in seconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Chosen values by the name of their variable. */
export type Chosen = Readonly<Record<string, readonly string[]>>;

/** What was recorded for one dashboard, everything that drawing it needs beside its model. */
export interface DashboardAnswers {
  readonly window: Window;
  readonly chosen: Chosen;
  /** By `panel key`, or `panel key@value` in a repeated row, the answers in the order of the queries. */
  readonly panels: Readonly<Record<string, readonly QueryAnswer[]>>;
  /** By name of the annotation, the seconds at which something is marked. */
  readonly marks: Readonly<Record<string, readonly number[]>>;
}

/** Key of a panel among the answers; `value` is the one that its row is repeated for. */
export const answerKey = (panel: string, value?: string): string =>
  value === undefined ? panel : `${panel}@${value}`;
