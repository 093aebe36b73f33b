import type { CounterName } from '../../telemetry/metrics.ts';
import { createQueries } from '../queries/create-queries.ts';
import { happened } from '../queries/happened.ts';
import type { Narrowing, Queries } from '../queries/queries.ts';
import type { RecordedQuery } from '../queries/recorded-query.ts';
import { ruleScope } from '../queries/scopes.ts';
import { createTargetSelect, selectSeries } from '../queries/target-series.ts';
import type { Definition } from '../source/definition.ts';

/** PromQL of rules: over the table, over what recording rules make, and over what every process has. */
export interface RuleQueries extends Queries {
  /** A recorded series. */
  readonly recorded: RecordedQuery;
  /** A series of the scrape or of the process. */
  readonly target: ReturnType<typeof createTargetSelect>;
  /** How often something rare happened, its first time included. */
  happened<Name extends CounterName>(name: Name, narrowing?: Narrowing<Name>): string;
  /** The labels that every aggregation keeps, and these: `job, work`. */
  labels(...more: readonly string[]): string;
}

/**
 * Makes the queries of the rules of a service.
 *
 * @example
 * ruleQueries({ service: 'sightline', environment: undefined }).recorded('sightline:error_rate:5m')
 * // 'sightline:error_rate:5m{job="sightline"}'
 */
export function ruleQueries(
  place: Pick<Definition, 'service' | 'environment'>,
  window?: string,
): RuleQueries {
  const scope = ruleScope(place, window);
  return {
    ...createQueries(scope),
    recorded: (name, where) =>
      selectSeries(scope, name, {
        where: Object.entries<string | undefined>(where ?? {}).map(matcher),
      }),
    target: createTargetSelect(scope),
    happened: (name, narrowing) => happened(scope, name, narrowing),
    labels: (...more) => [...scope.keep, ...more].join(', '),
  };
}

/** Names of works, stages, stores and strategies need no escape. */
function matcher([label, value = '']: [string, string | undefined]): string {
  const [, operator = '=', text = ''] = /^(=~|!~|!=)?(.*)$/s.exec(value) ?? [];
  return `${label}${operator}"${text}"`;
}
