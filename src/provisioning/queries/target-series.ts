import type { processSeries } from '../source/process-series.ts';
import type { scrapeSeries } from '../source/server-series.ts';
import type { Scope } from './queries.ts';

/** A series that each scraped process has beside those of the table. */
type TargetSeries = keyof typeof processSeries | keyof typeof scrapeSeries;

/** What narrows a selector beside its scope. */
interface Selection {
  /** Matchers as PromQL has them: `kind="major"`. */
  readonly where?: readonly string[];
  readonly suffix?: '' | '_bucket' | '_sum' | '_count';
}

/**
 * Makes the selectors of a scope for series of the process and of its scrapes; other names do not compile.
 *
 * @example createTargetSelect(ruleScope(definition))('up') // 'up{job="sightline"}'
 */
export function createTargetSelect(
  scope: Scope,
): (name: TargetSeries, selection?: Selection) => string {
  return (name, selection) => selectSeries(scope, name, selection);
}

/** A selector of any series in a scope. */
export function selectSeries(
  { matchers }: Scope,
  name: string,
  { where = [], suffix = '' }: Selection = {},
): string {
  return `${name}${suffix}{${[...matchers, ...where].join(', ')}}`;
}
