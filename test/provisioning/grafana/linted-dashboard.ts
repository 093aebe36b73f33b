/** Classic JSON of a dashboard, as far as the lint looks at it. */
export interface LintedDashboard {
  title?: string;
  editable?: boolean;
  templating?: { list?: LintedVariable[] };
  panels?: LintedPanel[];
}

/** A variable of it. */
export interface LintedVariable {
  name: string;
  type: string;
  label?: string;
  query?: string | { query?: string };
  datasource?: { uid?: string };
  multi?: boolean;
  allValue?: string;
  refresh?: number;
}

/** A panel of it; a closed row holds panels. */
export interface LintedPanel {
  type: string;
  title?: string;
  description?: string;
  datasource?: { type?: string; uid?: string };
  targets?: LintedTarget[];
  panels?: LintedPanel[];
  fieldConfig?: {
    defaults?: { unit?: string; mappings?: unknown };
    overrides?: { properties: { id: string; value?: unknown }[] }[];
  };
  options?: { reduceOptions?: { fields?: string } };
}

/** A query of a panel. */
export interface LintedTarget {
  expr?: string;
  hide?: boolean;
  datasource?: { type?: string; uid?: string };
}

/** What a rule has against a dashboard. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly panel?: LintedPanel;
  /** The query it is about. */
  readonly expr?: string;
}

/** A rule of Grafana's dashboard-linter, by its name there. */
export interface LintRule {
  readonly rule: string;
  check(dashboard: LintedDashboard): (string | Omit<Finding, 'rule'>)[];
}

/** All panels of a dashboard, those of closed rows too. */
export function panelsOf({ panels = [] }: LintedDashboard): LintedPanel[] {
  return panels.flatMap((panel) => [panel, ...panelsOf(panel)]);
}

/** The variables of a dashboard. */
export function variablesOf({ templating }: LintedDashboard): LintedVariable[] {
  return templating?.list ?? [];
}

/** The query of a variable, in either of the forms that Grafana writes. */
export function queryOf({ query }: LintedVariable): string {
  return (typeof query === 'string' ? query : query?.query) ?? '';
}
