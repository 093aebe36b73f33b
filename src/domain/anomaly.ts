/** One combination of label values that explains a part of an anomaly. */
export interface AnomalyCause {
  /** A label that is free is absent; empty means all traffic. */
  readonly labels: Readonly<Record<string, string>>;
  /** Share of the whole change that lies in it; may be above 1 where other parts moved the other way. */
  readonly share: number;
  /** What was there divided by what was expected; of ratios the rates. */
  readonly ratio: number;
  /** Amount, events or hits inside it. */
  readonly actual: number;
  readonly expected: number;
  /** Leaves that carry it. */
  readonly leaves: number;
  /** Chance that leaves without a cause fit it as well, after the search over all combinations; at most 1. */
  readonly pValue: number;
  /** Jensen-Shannon surprise of its part in the whole, in bits; orders the causes shown. */
  readonly surprise: number;
  /** The way through the lattice from everything to it, with what each step explains. */
  readonly lattice: string;
}

/** A series that left its usual range, as part of an anomaly. */
export interface AnomalySeries {
  /** What the series measures: a measure of the cube, or a metric with its statistic. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly direction: 'up' | 'down';
  readonly actual: number;
  readonly expected: number;
  /** Minus the decimal logarithm of the chance that a quiet series does this. */
  readonly surprise: number;
}

/** Something that moved and should not have, with what is known of why. */
export interface Anomaly {
  readonly id: string;
  /** What moved: `requests`, `fallbacks`, `slow`, `clicks`, ... or the name of a metric. */
  readonly measure: string;
  readonly state: 'pending' | 'firing' | 'resolved';
  readonly direction: 'up' | 'down';
  /** When the change probably began, epoch milliseconds. */
  readonly startedAtMs: number;
  readonly firedAtMs: number | undefined;
  readonly resolvedAtMs: number | undefined;
  /** The series that show it, the most surprising first. */
  readonly series: readonly AnomalySeries[];
  /** Labels of the first cause when it began to fire, which its alert keeps to the end. */
  readonly causeLabels: Readonly<Record<string, string>>;
  /** At most three, ordered by surprise. */
  readonly causes: readonly AnomalyCause[];
  /** Share of the change that the causes explain together, 0 to 1. */
  readonly explainedShare: number;
  readonly isUnexplained: boolean;
  /** Up to three traces that show it. */
  readonly traceIds: readonly string[];
}
