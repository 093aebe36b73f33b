import { burnAlerts } from '../objectives/burn-alerts.ts';
import { objectivesOf } from '../objectives/objective.ts';
import { objectiveRules, slowObjectiveRules } from '../objectives/slo.ts';
import { objectiveInterval, ruleInterval, slowInterval } from '../objectives/windows.ts';
import type { Definition } from '../source/definition.ts';
import { symptomsOf } from '../symptoms/symptoms.ts';
import { recordingRules } from './recording.ts';
import type { AlertRule, RecordingRule, RuleGroup } from './rule.ts';

/** The groups of rules, by the file that they stand in. */
export interface RuleGroups {
  readonly recording: readonly RuleGroup[];
  readonly objectives: readonly RuleGroup[];
  readonly symptoms: readonly RuleGroup[];
}

/**
 * Every rule of a gateway. Names of groups hold the service and the environment, so that several of them stand in one
 * Prometheus; groups without rules are left out.
 */
export function ruleGroupsOf(definition: Definition): RuleGroups {
  const objectives = objectivesOf(definition);
  const group = (
    key: string,
    intervalSeconds: number,
    rules: readonly (RecordingRule | AlertRule)[],
  ): RuleGroup[] =>
    rules.length === 0 ? [] : [{ name: groupName(definition, key), intervalSeconds, rules }];
  const interval = ruleInterval(definition);
  const soon = objectiveInterval(definition);
  return {
    recording: group('recording', interval, recordingRules(definition)),
    objectives: [
      ...group('objectives', soon, objectiveRules(definition, objectives)),
      ...group(
        'objectives-slow',
        slowInterval(definition),
        slowObjectiveRules(definition, objectives),
      ),
      ...group('budgets', soon, burnAlerts(definition, objectives)),
    ],
    symptoms: Object.entries(symptomsOf(definition)).flatMap(([side, alerts]) =>
      group(side, interval, alerts),
    ),
  };
}

/** Every alert of a gateway, in the order of the files. */
export function alertsOf({ objectives, symptoms }: RuleGroups): AlertRule[] {
  return [...objectives, ...symptoms].flatMap(({ rules }) => rules).filter(isAlert);
}

/** Whether a rule is an alert. */
export const isAlert = (rule: RecordingRule | AlertRule): rule is AlertRule => 'alert' in rule;

function groupName({ service, environment }: Definition, key: string): string {
  return [service, ...(environment === undefined ? [] : [environment]), key].join('-');
}
