import { createVariables, type Variables } from '../dashboards/variables.ts';
import { createQueries } from '../queries/create-queries.ts';
import type { Queries } from '../queries/queries.ts';
import { createRecordedQuery, type RecordedQuery } from '../queries/recorded-query.ts';
import { dashboardScope } from '../queries/scopes.ts';
import type { Definition } from '../source/definition.ts';

/** What the panels of a dashboard are made with. */
export interface DashboardContext {
  readonly definition: Definition;
  readonly q: Queries;
  readonly recorded: RecordedQuery;
  readonly variables: Variables;
}

/** Makes the queries and variables of a gateway's dashboards. */
export function createContext(definition: Definition): DashboardContext {
  const scope = dashboardScope(definition);
  return {
    definition,
    q: createQueries(scope),
    recorded: createRecordedQuery(definition),
    variables: createVariables(scope),
  };
}
