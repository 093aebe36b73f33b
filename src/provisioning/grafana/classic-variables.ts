import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard, Source } from '../dashboards/dashboard.ts';
import type { Definition } from '../source/definition.ts';
import { chosenUid, dataSources } from './data-sources.ts';
import { type LabelVariable, queryModel, setVariable, variablesOf } from './variables.ts';

/** The variables of a dashboard, as its classic JSON has them. */
export function classicVariables(
  dashboard: Dashboard,
  definition: Definition,
): Builder<VariableModel>[] {
  const { sources, labels } = variablesOf(dashboard, definition);
  return [...sources.map(sourceVariable), ...labels.map(labelVariable)];
}

function sourceVariable(source: Source): DatasourceVariableBuilder {
  const { variable, label, uid, name } = dataSources[source];
  return new DatasourceVariableBuilder(variable)
    .label(label)
    .type(source)
    .current({ text: name, value: uid });
}

function labelVariable(variable: LabelVariable): QueryVariableBuilder {
  return setVariable(new QueryVariableBuilder(variable.name), variable)
    .datasource({ type: 'prometheus', uid: chosenUid('prometheus') })
    .query(queryModel(variable.query))
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}
