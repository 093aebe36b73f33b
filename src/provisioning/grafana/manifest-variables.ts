import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type DataQueryKind,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableKind,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboardv2';
import type { Dashboard, Source } from '../dashboards/dashboard.ts';
import type { Definition } from '../source/definition.ts';
import { chosenUid, dataSources } from './data-sources.ts';
import { type LabelVariable, queryModel, setVariable, variablesOf } from './variables.ts';

/** The variables of a dashboard, as its manifest has them. */
export function manifestVariables(
  dashboard: Dashboard,
  definition: Definition,
): Builder<VariableKind>[] {
  const { sources, labels } = variablesOf(dashboard, definition);
  return [...sources.map(sourceVariable), ...labels.map(labelVariable)];
}

function sourceVariable(source: Source): DatasourceVariableBuilder {
  const { variable, label, uid, name } = dataSources[source];
  return new DatasourceVariableBuilder(variable)
    .label(label)
    .pluginId(source)
    .refresh(VariableRefresh.OnDashboardLoad)
    .current({ text: name, value: uid });
}

function labelVariable(variable: LabelVariable): QueryVariableBuilder {
  return setVariable(new QueryVariableBuilder(variable.name), variable)
    .query({ build: () => labelQuery(variable.query) })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

function labelQuery(query: string): DataQueryKind {
  return {
    kind: 'DataQuery',
    group: 'prometheus',
    version: 'v0',
    datasource: { name: chosenUid('prometheus') },
    spec: queryModel(query),
  };
}
