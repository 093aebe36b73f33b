import { panelRules } from './lint-panel-rules.ts';
import { targetRules } from './lint-target-rules.ts';
import { templateRules } from './lint-template-rules.ts';
import type { Finding, LintedDashboard } from './linted-dashboard.ts';

/** The rules of Grafana's dashboard-linter. */
export const lintRules = [...templateRules, ...panelRules, ...targetRules];

/**
 * Checks the classic JSON of any dashboard by the rules of Grafana's dashboard-linter. They are stricter here where the
 * linter overlooks something: counters with matchers, and queries of every type of panel.
 */
export function lintDashboard(dashboard: LintedDashboard): Finding[] {
  return lintRules.flatMap(({ rule, check }) =>
    check(dashboard).map((found) =>
      typeof found === 'string' ? { rule, message: found } : { rule, ...found },
    ),
  );
}
