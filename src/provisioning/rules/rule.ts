/** A recording rule. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** How bad what an alert tells of is: somebody must come now, somebody must look, good to know. */
export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** One alert, with its page of the runbook and the traffic that proves it. */
export interface AlertRule {
  /** CamelCase, the first word is `Sightline`. */
  readonly alert: string;
  readonly expr: string;
  readonly severity: Severity;
  readonly forSeconds: number;
  readonly keepFiringForSeconds: number;
  /** More labels than `severity`. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A sentence without variables. */
  readonly summary: string;
  /** A sentence with what `{{ $labels }}` and `{{ $value }}` say. */
  readonly description: string;
  /** Dashboard and panel by their keys. */
  readonly dashboard: { readonly key: string; readonly panel?: string };
  readonly runbook: RunbookPage;
  readonly proof: AlertProof;
}

/** What the runbook says about an alert, in Markdown. */
export interface RunbookPage {
  readonly meaning: string;
  readonly impact: string;
  /** How to look. */
  readonly diagnosis: string;
  /** How to mend. */
  readonly mitigation: string;
}

/** Series, in the notation of `promtool test rules`, with which an alert fires, and others with which it does not. */
export interface AlertProof {
  readonly firing: Traffic;
  readonly silent: Traffic;
}

/** Input of one unit test of a rule. */
export interface Traffic {
  /** Values by series: `{ 'up{job="sightline"}': '0x60' }`, one value a minute. */
  readonly series: Readonly<Record<string, string>>;
  /** When the alert is asked for. */
  readonly atMinutes: number;
  /** Labels of the alert, beside those that the rule gives all of them; firing only. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}
