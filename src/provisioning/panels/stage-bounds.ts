import type { Query } from '../dashboards/dashboard.ts';
import type { Definition } from '../source/definition.ts';
import type { DashboardContext } from './context.ts';

/** A stage of a work and a time that it should not go beyond. */
interface Bound {
  readonly work: string;
  readonly stage: string;
  readonly ms: number;
}

/**
 * The share of runs that took longer than their stage may, a query for each work and budget. A stage without a budget
 * of its own may take that of its work.
 */
export function overrunQueries({ q, definition }: DashboardContext): Query[] {
  return definition.works.flatMap(({ name: work, budgetMs, stages }) => {
    const byBudget = Map.groupBy(stages, (stage) => stage.budgetMs ?? budgetMs);
    return [...byBudget].map(([ms, together]) => {
      const names = [...new Set(together.map(({ name }) => name))];
      const within = q.within(ms / 1000, 'stage_duration_seconds', {
        where: { work, stage: `=~${names.join('|')}` },
        by: ['work', 'stage'],
      });
      return { expr: chosen(q, `1 - ${within}`), legend: '{{work}} {{stage}}' };
    });
  });
}

/** The budgets that stages have, and what they promise about their 99th percentile, as lines in seconds. */
export function boundQueries({ q, definition }: DashboardContext): Query[] {
  const budgets = boundsOf(definition, ({ budgetMs }) => budgetMs);
  const promises = boundsOf(definition, ({ slo }) => slo.latencyP99Ms);
  const query = (bounds: readonly Bound[], name: string): Query[] =>
    bounds.length === 0
      ? []
      : [
          {
            expr: chosen(q, `(${bounds.map(constant).join(' or ')})`),
            legend: `${name} {{work}} {{stage}}`,
          },
        ];
  return [...query(budgets, 'budget'), ...query(promises, 'promised')];
}

/** The least time that a stage is given by a budget or promise of its own, else by the budget of its work. */
export function leastBoundMs({ works }: Definition): number {
  const own = works.flatMap(({ stages }) =>
    stages.flatMap(({ budgetMs, slo }) => [budgetMs, slo.latencyP99Ms]),
  );
  const set = own.filter((ms) => ms !== undefined);
  return Math.min(...(set.length > 0 ? set : works.map(({ budgetMs }) => budgetMs)));
}

function boundsOf(
  { works }: Definition,
  msOf: (stage: Definition['works'][number]['stages'][number]) => number | undefined,
): Bound[] {
  return works.flatMap(({ name: work, stages }) =>
    stages.flatMap((stage) => {
      const ms = msOf(stage);
      return ms === undefined ? [] : [{ work, stage: stage.name, ms }];
    }),
  );
}

/** A number as a series of its work and stage. */
function constant({ work, stage, ms }: Bound): string {
  const labelled = (inner: string, label: string, value: string) =>
    `label_replace(${inner}, "${label}", "${value}", "", "")`;
  return labelled(labelled(`vector(${ms / 1000})`, 'work', work), 'stage', stage);
}

/** Leaves only the works and stages that the variables of the dashboard choose. */
function chosen(q: DashboardContext['q'], expr: string): string {
  const where = { work: '=~$work', stage: '=~$stage' };
  return `${expr} and on (work, stage) ${q.select('stage_duration_seconds', where, '_count')}`;
}
