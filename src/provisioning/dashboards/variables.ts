import { createQueries } from '../queries/create-queries.ts';
import type { Scope } from '../queries/queries.ts';
import type { Variable } from './dashboard.ts';

/** The variables that dashboards choose from, beside data sources, `job` and `instance`. */
export interface Variables {
  readonly work: Variable;
  readonly stage: Variable;
  readonly strategy: Variable;
  readonly segment: Variable;
  readonly catalog: Variable;
  readonly experiment: Variable;
  readonly variant: Variable;
  readonly model: Variable;
}

/** Makes the variables of a scope. */
export function createVariables(scope: Scope): Variables {
  const q = createQueries(scope);
  const requests = q.select('request_duration_seconds', {}, '_count');
  const of = (name: keyof Variables, selector: string, label: string = name): Variable => ({
    name,
    label: name.charAt(0).toUpperCase() + name.slice(1),
    values: { selector, label },
  });
  return {
    work: of('work', requests),
    stage: of('stage', q.select('stage_duration_seconds', { work: '=~$work' }, '_count')),
    strategy: of('strategy', requests),
    segment: of('segment', requests),
    catalog: of('catalog', requests),
    experiment: of('experiment', q.select('experiment_share_ratio')),
    variant: of(
      'variant',
      q.select('experiment_allocation_ratio', { experiment: '=~$experiment' }),
    ),
    model: of('model', q.select('model_loaded')),
  };
}
