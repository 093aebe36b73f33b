/** Something that somebody should know, with a beginning and an end, as Alertmanager has it. */
export interface Alert {
  /** Tell it from others: `alertname` and whatever else; equal labels are the same alert. */
  readonly labels: Readonly<Record<string, string>>;
  /** Text for people: summary, description, links. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly startsAtMs: number;
  /** Undefined while it lasts. */
  readonly endsAtMs: number | undefined;
  /** Where to read more; empty where there is no such place. */
  readonly generatorUrl: string;
}
