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
  /** Undefined for an alert that always fires. */
  readonly silent: Traffic | undefined;
}

/** Input of one unit test of a rule. */
export interface Traffic {
  /** Values by series: `{ 'up{job="sightline"}': '0x60' }`, one value a step. */
  readonly series: Readonly<Record<string, string>>;
  /** Time between two values; a minute where it is left out. */
  readonly stepSeconds?: number;
  /** Time between two evaluations of the rules; that between two values where it is left out. */
  readonly evaluationSeconds?: number;
  /** When the alert is asked for. */
  readonly atMinutes: number;
  /** Labels of the alert, beside those of the service and those that the rule gives all of them; firing only. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What `{{ $value }}` is, where the description says it; firing only. */
  readonly value?: number;
  /** Severities of other rules of the same name that fire with it; firing only. */
  readonly alsoFiring?: readonly Severity[];
}

/** Rules that are evaluated together. */
export interface RuleGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}
