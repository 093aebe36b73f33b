import type { Definition } from '../source/definition.ts';
import type { Scope } from './queries.ts';

type Place = Pick<Definition, 'service' | 'environment'>;

/** The scope of a dashboard: what its variables choose. */
export function dashboardScope({ environment }: Place): Scope {
  const matchers = ['job=~"$job"', 'instance=~"$instance"'];
  return {
    matchers: environment === undefined ? matchers : [...matchers, `environment="${environment}"`],
    window: '$__rate_interval',
    keep: [],
  };
}

/** The scope of a rule: every instance of the service. */
export function ruleScope({ service, environment }: Place, window = '5m'): Scope {
  const job = `job="${service}"`;
  if (environment === undefined) return { matchers: [job], window, keep: ['job'] };
  return {
    matchers: [job, `environment="${environment}"`],
    window,
    keep: ['environment', 'job'],
  };
}
