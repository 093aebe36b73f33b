import type { Dashboard, Source, Variable } from '../dashboards/dashboard.ts';
import { createQueries } from '../queries/create-queries.ts';
import { dashboardScope } from '../queries/scopes.ts';
import type { Definition } from '../source/definition.ts';
import { dataSources, sourcesOf } from './data-sources.ts';

/** A variable whose values come from Prometheus. */
export interface LabelVariable {
  readonly name: string;
  readonly label: string;
  readonly description: string | undefined;
  /** `label_values(selector, label)`. */
  readonly query: string;
  /** One value at a time; several and all otherwise. */
  readonly isSingle: boolean;
  /** What is chosen at first: this, or all. */
  readonly initial: string | undefined;
}

/** The variables of a dashboard in the order they are shown. */
export interface DashboardVariables {
  readonly sources: readonly Source[];
  readonly labels: readonly LabelVariable[];
}

/** The variables of a dashboard: data sources, `job`, `instance` and its own. */
export function variablesOf(dashboard: Dashboard, definition: Definition): DashboardVariables {
  const own = dashboard.variables.map((variable) => labelVariable(variable));
  return { sources: sourcesOf(dashboard), labels: [...placeVariables(definition), ...own] };
}

/** The names of the variables of a dashboard, in the order they are shown. */
export function variableNames(dashboard: Dashboard): string[] {
  const sources = sourcesOf(dashboard).map((source) => dataSources[source].variable);
  return [...sources, 'job', 'instance', ...dashboard.variables.map(({ name }) => name)];
}

/** Where the series come from: the service, of its environment only, and the instances of what is chosen. */
function placeVariables(definition: Definition): LabelVariable[] {
  const [job, , ...environment] = dashboardScope(definition).matchers;
  const values = (label: string, matchers: readonly string[]) => ({
    selector: createQueries({ matchers, window: '', keep: [] }).select('build_info'),
    label,
  });
  return [
    labelVariable(
      {
        name: 'job',
        label: 'Job',
        description: 'Gateways, by the job of their series.',
        values: values('job', environment),
      },
      definition.service,
    ),
    labelVariable({
      name: 'instance',
      label: 'Instance',
      description: 'Control ports that were scraped.',
      values: values('instance', [job, ...environment]),
    }),
  ];
}

function labelVariable(variable: Variable, initial?: string): LabelVariable {
  const { name, label, description, values, isSingle = false } = variable;
  const query = `label_values(${values.selector}, ${values.label})`;
  return { name, label, description, query, isSingle, initial };
}

/** What the builders of query variables have, of either format. */
interface VariableBuilder {
  label(label: string): this;
  description(description: string): this;
  definition(definition: string): this;
  multi(multi: boolean): this;
  includeAll(includeAll: boolean): this;
  allValue(allValue: string): this;
  current(current: { text: string[]; value: string[] }): this;
}

/** Gives a query variable all that is said in the same way in both formats, and returns it. */
export function setVariable<Made extends VariableBuilder>(builder: Made, of: LabelVariable): Made {
  const { name, label, description, query, isSingle, initial } = of;
  builder.label(label).definition(query).multi(!isSingle).includeAll(!isSingle);
  if (description !== undefined) builder.description(description);
  // Grafana chooses the first of the values that are chosen one at a time.
  if (isSingle) return builder;
  const [text, value] = initial === undefined ? ['All', '$__all'] : [initial, initial];
  // A request that failed early has neither strategy nor segment nor catalogue, and counts all the same.
  const all = name === 'job' || name === 'instance' ? '.+' : '.*';
  return builder.allValue(all).current({ text: [text], value: [value] });
}

/** A query for label values, as the editor of Grafana writes it. */
export function queryModel(query: string): {
  readonly qryType: number;
  readonly query: string;
  readonly refId: string;
} {
  return { qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' };
}
