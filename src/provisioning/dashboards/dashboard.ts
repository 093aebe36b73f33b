/**
 * A dashboard as the generator thinks of it, before it is written as classic JSON or as a version 2 manifest.
 * Places, ids and data sources follow from it.
 */
export interface Dashboard {
  /** Part of the uid and the name of the file: `strategy-comparison`. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  /** Variables beside `job` and `instance`, in the order they are shown. */
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
}

/** A row of panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Closed until somebody opens it. */
  readonly isCollapsed?: true;
  /** Shown once for each chosen value of this variable. */
  readonly repeat?: Variable['name'];
}

/** Where a query goes. */
export type Source = 'prometheus' | 'tempo' | 'loki';

/** A variable at the top of a dashboard. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  /** PromQL of `label_values`, without the function: `[selector, label]`. */
  readonly values: { readonly selector: string; readonly label: string };
  /** One value at a time; several and all otherwise. */
  readonly isSingle?: true;
}

/** One question of a panel. */
export interface Query {
  readonly expr: string;
  /** Name of the lines: `{{stage}}`. */
  readonly legend?: string;
  /** Only the last value, not the way there. */
  readonly isInstant?: true;
  /** Shows the requests behind the numbers. */
  readonly hasExemplars?: true;
  readonly source?: Source;
}

/** A unit of Grafana. */
export type Unit =
  | 'short'
  | 's'
  | 'bytes'
  | 'percentunit'
  | 'reqps'
  | 'ops'
  | 'eps'
  | 'none'
  | 'bits'
  | 'dateTimeFromNow';

/** What a panel shows its answers as. */
export type Shape =
  | 'timeseries'
  | 'stat'
  | 'gauge'
  | 'bars'
  | 'heatmap'
  | 'table'
  | 'timeline'
  | 'traces'
  | 'logs'
  | 'alerts'
  | 'text';

/** From which value on a colour says something. */
export interface Threshold {
  /** Undefined: from the lowest value on. */
  readonly from?: number;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'transparent';
}

/** A place that a point, a cell or a whole panel leads to; variables and time go along. */
export interface PanelLink {
  readonly title: string;
  /** Another dashboard by its key, the traces or the logs behind a point. */
  readonly to: { readonly dashboard: string } | 'traces' | 'logs';
  /** Variables set from the point: `{ stage: '${__field.labels.stage}' }`; for traces and logs, span attributes or log fields. */
  readonly set?: Readonly<Record<string, string>>;
}

/** Moments marked on every dashboard: an anomaly, a deploy, a promoted model. */
export interface Annotation {
  readonly key: string;
  readonly name: string;
  /** Has a value where there is something to mark. */
  readonly expr: string;
  readonly colour: Threshold['colour'];
  /** Text with `{{label}}`. */
  readonly title: string;
  readonly text: string;
}

/** One panel. */
export interface Panel {
  /** Unique in its dashboard and never changed: the id of the panel follows from it. */
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly shape: Shape;
  readonly unit: Unit;
  /** Columns of 24; the panels of a line have one height. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly Query[];
  readonly thresholds?: readonly Threshold[];
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Lines upon each other. */
  readonly isStacked?: true;
  readonly links?: readonly PanelLink[];
  /** Markdown of a `text` panel. */
  readonly text?: string;
  /** Names of the columns of a table, by label or query. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Why it may have nothing to show while all is well. */
  readonly mayBeEmpty?: string;
}
