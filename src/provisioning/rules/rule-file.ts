import type { GeneratedFile } from '../generated-file.ts';
import { dashboardUrl } from '../grafana/identity.ts';
import type { Definition } from '../source/definition.ts';
import { yamlFile } from '../yaml-file.ts';
import { durationText } from './duration.ts';
import type { AlertRule, RecordingRule, RuleGroup } from './rule.ts';
import { isAlert } from './rule-groups.ts';

/** What a rule file is: where it goes, and what stands at its top. */
export interface RuleFileOptions {
  readonly path: string;
  readonly about: string;
}

/** A rule file of Prometheus. */
export function ruleFile(
  definition: Definition,
  { path, about }: RuleFileOptions,
  groups: readonly RuleGroup[],
): GeneratedFile {
  return yamlFile(path, {
    about,
    content: {
      groups: groups.map(({ name, intervalSeconds, rules }) => ({
        name,
        interval: durationText(intervalSeconds),
        rules: rules.map((rule) => (isAlert(rule) ? alertOf(definition, rule) : recordingOf(rule))),
      })),
    },
  });
}

/** What an alert says to people, and where it leads them. */
export function annotationsOf(
  definition: Definition,
  { alert, summary, description, dashboard }: AlertRule,
): Readonly<Record<string, string>> {
  return {
    summary,
    description,
    runbook_url: `${definition.runbookUrl}#${alert.toLowerCase()}`,
    dashboard_url: dashboardUrl(definition, dashboard),
  };
}

/** What tells alerts of one rule from those of others. */
export const labelsOf = ({ severity, labels }: AlertRule) => ({ severity, ...labels });

function recordingOf({ record, expr, labels }: RecordingRule) {
  return { record, expr, labels };
}

function alertOf(definition: Definition, rule: AlertRule) {
  const { alert, expr, forSeconds, keepFiringForSeconds } = rule;
  return {
    alert,
    expr,
    for: forSeconds > 0 ? durationText(forSeconds) : undefined,
    keep_firing_for: keepFiringForSeconds > 0 ? durationText(keepFiringForSeconds) : undefined,
    labels: labelsOf(rule),
    annotations: annotationsOf(definition, rule),
  };
}
