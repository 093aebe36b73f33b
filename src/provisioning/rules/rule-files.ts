import { SightlineError } from '../../domain/errors.ts';
import type { Dashboard } from '../dashboards/dashboard.ts';
import type { GeneratedFile } from '../generated-file.ts';
import { alertingFile } from '../grafana/alerting.ts';
import type { Definition } from '../source/definition.ts';
import type { AlertRule } from './rule.ts';
import { ruleFile } from './rule-file.ts';
import { alertsOf, ruleGroupsOf } from './rule-groups.ts';
import { ruleTestFiles } from './rule-tests.ts';
import { runbook } from './runbook.ts';

const files = {
  recording: {
    path: 'alerts/recording.yaml',
    about: 'Series that dashboards and alerts read by name.',
  },
  objectives: {
    path: 'alerts/objectives.yaml',
    about:
      'What works and stages promise, how fast their error budgets are spent, and alerts on that. Windows are those of a period of 30 days, scaled to the period of the configuration.',
  },
  symptoms: {
    path: 'alerts/symptoms.yaml',
    about: 'Alerts on what is wrong whatever was promised.',
  },
} as const;

/**
 * Recording rules, alerts, their tests and their runbook, and the alerts as Grafana reads them. Throws `SL_INTERNAL`
 * where an alert leads to a dashboard or panel that there is not.
 */
export function ruleFiles(
  definition: Definition,
  dashboards: readonly Dashboard[],
): GeneratedFile[] {
  const groups = ruleGroupsOf(definition);
  for (const alert of alertsOf(groups)) checkDashboard(alert, dashboards);
  const { recording, objectives, symptoms } = groups;
  return [
    ruleFile(definition, files.recording, recording),
    ruleFile(definition, files.objectives, objectives),
    ruleFile(definition, files.symptoms, symptoms),
    ...ruleTestFiles(definition, {
      key: 'objectives',
      ruleFiles: ['../recording.yaml', '../objectives.yaml'],
      groups: [...recording, ...objectives],
    }),
    ...ruleTestFiles(definition, {
      key: 'symptoms',
      ruleFiles: ['../recording.yaml', '../symptoms.yaml'],
      groups: [...recording, ...symptoms],
    }),
    runbook(definition, groups),
    alertingFile(definition, [...objectives, ...symptoms]),
  ];
}

function checkDashboard(
  { alert, dashboard: { key, panel } }: AlertRule,
  dashboards: readonly Dashboard[],
): void {
  const dashboard = dashboards.find((candidate) => candidate.key === key);
  if (dashboard === undefined)
    throw new SightlineError(
      'SL_INTERNAL',
      `alert ${alert} leads to dashboard ${key}, expected one of ${dashboards.map((other) => other.key).join(', ')}`,
    );
  const panels = dashboard.rows.flatMap((row) => row.panels).map((candidate) => candidate.key);
  if (panel !== undefined && !panels.includes(panel))
    throw new SightlineError(
      'SL_INTERNAL',
      `alert ${alert} leads to panel ${panel} of dashboard ${key}, expected one of ${panels.join(', ')}`,
    );
}
