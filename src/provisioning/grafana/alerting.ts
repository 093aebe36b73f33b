import { createHash } from 'node:crypto';
import type { GeneratedFile } from '../generated-file.ts';
import { durationText } from '../rules/duration.ts';
import type { AlertRule, RuleGroup } from '../rules/rule.ts';
import { annotationsOf, labelsOf } from '../rules/rule-file.ts';
import { isAlert } from '../rules/rule-groups.ts';
import type { Definition } from '../source/definition.ts';
import { yamlFile } from '../yaml-file.ts';
import { folderOf } from './folder.ts';
import { dashboardUid, dataSourceUids, panelId } from './identity.ts';

/** Grafana evaluates at multiples of this alone. */
const schedulerSeconds = 10;

const about = `The alerts of alerts/objectives.yaml and alerts/symptoms.yaml as Grafana evaluates them, over the series that Prometheus records.

They are paused, because Prometheus and Alertmanager tell people of the same: two systems that page for one fault are one too many. To let Grafana do it, unpause them and give Prometheus alerts/recording.yaml and alerts/objectives.yaml without an Alertmanager.`;

/** What may be chosen of the alerts in Grafana. */
export interface AlertingOptions {
  readonly isPaused?: boolean;
}

/** The alerts as a file for the provisioning of Grafana; the watchdog stays where it watches. */
export function alertingFile(
  definition: Definition,
  groups: readonly RuleGroup[],
  { isPaused = true }: AlertingOptions = {},
): GeneratedFile {
  const folder = folderOf(definition).title;
  return yamlFile('deploy/grafana/provisioning/alerting/sightline.yaml', {
    about,
    content: {
      apiVersion: 1,
      groups: groups.flatMap(({ name, intervalSeconds, rules }) => {
        const alerts = rules.filter(isAlert).filter(({ severity }) => severity !== 'none');
        if (alerts.length === 0) return [];
        return {
          orgId: 1,
          name,
          folder,
          interval: durationText(atScheduler(intervalSeconds)),
          rules: alerts.map((rule) => ({ ...ruleOf(definition, rule), isPaused })),
        };
      }),
    },
  });
}

const atScheduler = (seconds: number) => Math.ceil(seconds / schedulerSeconds) * schedulerSeconds;

function ruleOf(definition: Definition, rule: AlertRule) {
  const { alert, severity, expr, forSeconds, keepFiringForSeconds, dashboard } = rule;
  const uid = dashboardUid(definition, dashboard.key);
  const panel = dashboard.panel === undefined ? undefined : panelId(dashboard.panel);
  return {
    uid: ruleUid(definition, rule),
    title: `${alert} (${severity})`,
    condition: 'fires',
    data: [queryOf(expr), condition],
    ...(panel === undefined ? {} : { dashboardUid: uid, panelId: panel }),
    for: durationText(forSeconds),
    keepFiringFor: durationText(keepFiringForSeconds),
    // An expression that finds nothing to complain of answers nothing.
    noDataState: 'OK',
    // One alert is enough to say that Prometheus does not answer.
    execErrState: alert === 'SightlineDown' ? 'Alerting' : 'OK',
    labels: labelsOf(rule),
    annotations: {
      ...valuesOfGrafana(annotationsOf(definition, rule)),
      ...(panel === undefined ? {} : { __dashboardUid__: uid, __panelId__: String(panel) }),
    },
  };
}

function queryOf(expr: string) {
  return {
    refId: 'A',
    relativeTimeRange: { from: 600, to: 0 },
    datasourceUid: dataSourceUids.prometheus,
    model: {
      refId: 'A',
      datasource: { type: 'prometheus', uid: dataSourceUids.prometheus },
      editorMode: 'code',
      expr,
      instant: true,
      range: false,
      intervalMs: 1000,
      maxDataPoints: 43_200,
    },
  };
}

/** True for whatever is answered: an expression answers only where its alert fires, also with 0. */
const condition = {
  refId: 'fires',
  relativeTimeRange: { from: 0, to: 0 },
  datasourceUid: '__expr__',
  model: {
    refId: 'fires',
    datasource: { type: '__expr__', uid: '__expr__' },
    type: 'math',
    expression: 'is_number($A)',
    intervalMs: 1000,
    maxDataPoints: 43_200,
  },
};

/** In Grafana `$value` is a text of all queries; the number of one is `$values`. */
function valuesOfGrafana(annotations: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text.replaceAll('{{ $value |', '{{ $values.A.Value |'),
    ]),
  );
}

/** The same each time it is generated; names are too long for a uid of 40 characters. */
function ruleUid({ service, environment }: Definition, { alert, severity }: AlertRule): string {
  const whole = [service, environment ?? '', alert, severity].join('\0');
  return `sightline-${createHash('sha256').update(whole).digest('hex').slice(0, 20)}`;
}
