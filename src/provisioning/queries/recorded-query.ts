import type { RecordedName, recordedSeries } from '../rules/recorded.ts';
import type { Definition } from '../source/definition.ts';
import type { Matcher } from './queries.ts';

/** The label names of a recorded series, beside `job` and `environment`. */
type RecordedLabel<Name extends RecordedName> = (typeof recordedSeries)[Name]['labels'][number];

/** Selects a recorded series; a name or label that no rule makes does not compile. */
export type RecordedQuery = <Name extends RecordedName>(
  name: Name,
  where?: Readonly<Partial<Record<RecordedLabel<Name>, Matcher>>>,
) => string;

/**
 * Makes the selectors of recorded series on a dashboard. They have no `instance`: rules put instances together.
 *
 * @example
 * const recorded = createRecordedQuery({ environment: undefined });
 * recorded('sightline:slo_burn:1h', { work: '=~$work' });
 * // 'sightline:slo_burn:1h{job=~"$job", work=~"$work"}'
 */
export function createRecordedQuery({
  environment,
}: Pick<Definition, 'environment'>): RecordedQuery {
  const place = environment === undefined ? [] : [`environment="${environment}"`];
  return (name, where) => {
    const conditions = Object.entries<Matcher | undefined>(where ?? {}).map(condition);
    return `${name}{${['job=~"$job"', ...place, ...conditions].join(', ')}}`;
  };
}

/** Values are names of works, stages, stores or variables, none of which needs an escape. */
function condition([label, value = '']: [string, Matcher | undefined]): string {
  const [, operator = '=', text = ''] = /^(=~|!~|!=)?(.*)$/s.exec(value) ?? [];
  return `${label}${operator}"${text}"`;
}
