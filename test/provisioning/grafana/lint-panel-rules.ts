import {
  type Finding,
  type LintedDashboard,
  type LintedPanel,
  type LintRule,
  panelsOf,
  variablesOf,
} from './linted-dashboard.ts';

const shown = ['stat', 'gauge', 'table', 'timeseries'];

/** The units of Grafana that the linter knows, as far as our model has them. */
const units = ['short', 's', 'bytes', 'percentunit', 'reqps', 'ops', 'none', 'bits'];
const dateUnits = ['dateTimeFromNow'];

/** Checks the panels of some types. */
function onPanels(
  types: readonly string[],
  problem: (panel: LintedPanel, dashboard: LintedDashboard) => string | undefined,
): LintRule['check'] {
  return (dashboard) =>
    panelsOf(dashboard).flatMap((panel): Omit<Finding, 'rule'>[] => {
      const message = types.includes(panel.type) ? problem(panel, dashboard) : undefined;
      return message === undefined ? [] : [{ message, panel }];
    });
}

function unitProblem({ fieldConfig, options, type }: LintedPanel): string | undefined {
  const { defaults, overrides = [] } = fieldConfig ?? {};
  const properties = overrides.flatMap((override) => override.properties);
  const isText = type === 'stat' && (options?.reduceOptions?.fields ?? '') !== '';
  const isMapped =
    defaults?.mappings !== undefined || properties.some(({ id }) => id === 'mappings');
  if (isText || isMapped) return undefined;
  const unit = properties.findLast(({ id }) => id === 'unit')?.value ?? defaults?.unit;
  return [...units, ...dateUnits].includes(String(unit)) ? undefined : `has the unit ${unit}`;
}

/** Rules about panels. */
export const panelRules: readonly LintRule[] = [
  {
    rule: 'panel-datasource-rule',
    check: onPanels(['table', 'timeseries'], ({ datasource }, dashboard) => {
      const names = variablesOf(dashboard).flatMap(({ type, name }) =>
        type === 'datasource' ? [`$${name}`, `\${${name}}`] : [],
      );
      const uid = datasource?.uid ?? '';
      return names.includes(uid) ? undefined : `asks ${uid}, which is no variable`;
    }),
  },
  {
    rule: 'panel-title-description-rule',
    check: onPanels(shown, ({ title, description }) =>
      title && description ? undefined : 'has no title or no description',
    ),
  },
  { rule: 'panel-units-rule', check: onPanels(shown, unitProblem) },
  {
    rule: 'panel-no-targets-rule',
    check: onPanels(shown, ({ targets }) => (targets ? undefined : 'asks for nothing')),
  },
];
