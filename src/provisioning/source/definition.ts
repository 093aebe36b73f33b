import type { MetricDefinition } from './metric-definition.ts';

/** What dashboards, rules and the collector are generated for: a gateway as it is configured. */
export interface Definition {
  /** Service name; also the `job` of all series. */
  readonly service: string;
  /** Value of the label `environment`; undefined where there is no such label. */
  readonly environment: string | undefined;
  /** `host:port` of each control port. */
  readonly nodes: readonly string[];
  readonly scrapeSeconds: number;
  /** Period of the error budgets. */
  readonly sloDays: number;
  /** Without a slash at the end. */
  readonly grafanaUrl: string;
  /** Page with the runbook, without an anchor. */
  readonly runbookUrl: string;
  readonly works: readonly WorkDefinition[];
  readonly experiments: readonly ExperimentDefinition[];
  readonly segments: readonly string[];
  readonly models: readonly string[];
  /** Time between two looks of the anomaly engine. */
  readonly tickSeconds: number;
  /** Environment variables that hold the keys of the query port. */
  readonly keyVariables: readonly string[];
  /** Series of plugins, beside those of the table. */
  readonly ownMetrics: readonly MetricDefinition[];
}

/** A work, as far as its telemetry goes. */
export interface WorkDefinition {
  readonly name: string;
  readonly strategy: string;
  readonly budgetMs: number;
  readonly slo: WorkObjectives;
  readonly stages: readonly StageDefinition[];
  /** Models that its stages use. */
  readonly models: readonly string[];
}

/** What a work promises. */
export interface WorkObjectives {
  /** 95 % of the requests are answered within so many milliseconds. */
  readonly latencyP95Ms?: number | undefined;
  /** Share of requests without an error, under 1. */
  readonly availability?: number | undefined;
  /** Share of answers with at least one item, under 1. */
  readonly nonEmpty?: number | undefined;
  /** Least share of a catalogue that is shown, 95 % of the time. */
  readonly coverage?: number | undefined;
  /** Hours that none of its models is older than, 99 % of the time. */
  readonly freshnessHours?: number | undefined;
}

/** A stage of a work. */
export interface StageDefinition {
  readonly name: string;
  /** Undefined: it may take what is left of the work's time. */
  readonly budgetMs: number | undefined;
  readonly slo: StageObjectives;
}

/** What a stage promises. */
export interface StageObjectives {
  /** Share of runs that end `ok`, under 1. */
  readonly availability?: number | undefined;
  /** 99 % of the runs end within so many milliseconds. */
  readonly latencyP99Ms?: number | undefined;
  /** 95 % of the feature rows read are younger than so many seconds. */
  readonly freshnessP95Seconds?: number | undefined;
}

/** Two works compared with each other. */
export interface ExperimentDefinition {
  readonly name: string;
  /** Strategies of the control and of the treatment. */
  readonly control: string;
  readonly treatment: string;
}
