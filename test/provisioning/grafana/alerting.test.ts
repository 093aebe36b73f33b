import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { alertingFile } from '../../../src/provisioning/grafana/alerting.ts';
import { folderOf } from '../../../src/provisioning/grafana/folder.ts';
import {
  dashboardUid,
  dataSourceUids,
  panelId,
} from '../../../src/provisioning/grafana/identity.ts';
import { alertsOf, ruleGroupsOf } from '../../../src/provisioning/rules/rule-groups.ts';
import type { Definition } from '../../../src/provisioning/source/definition.ts';
import { definitions, promisedDefinition } from '../rules/promised-definition.ts';

interface Rule {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly {
    readonly refId: string;
    readonly datasourceUid: string;
    readonly relativeTimeRange: object;
    readonly model: {
      readonly expr?: string;
      readonly expression?: string;
      readonly instant?: boolean;
    };
  }[];
  readonly for: string;
  readonly keepFiringFor: string;
  readonly noDataState: string;
  readonly execErrState: string;
  readonly isPaused: boolean;
  readonly dashboardUid?: string;
  readonly panelId?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface File {
  readonly apiVersion: number;
  readonly groups: readonly {
    readonly orgId: number;
    readonly name: string;
    readonly folder: string;
    readonly interval: string;
    readonly rules: readonly Rule[];
  }[];
}

function groupsOf(definition: Definition, options?: { isPaused: boolean }): File {
  const { objectives, symptoms } = ruleGroupsOf(definition);
  return parseYaml(alertingFile(definition, [...objectives, ...symptoms], options).text) as File;
}

const rulesOf = (definition: Definition, options?: { isPaused: boolean }) =>
  groupsOf(definition, options).groups.flatMap(({ rules }) => rules);

describe.each(Object.entries(definitions))(
  'Grafana alerting of a definition %s',
  (_, definition) => {
    const rules = rulesOf(definition);

    test('has every alert but the watchdog, with its own expression', () => {
      const wanted = alertsOf(ruleGroupsOf(definition)).filter(
        ({ severity }) => severity !== 'none',
      );
      expect(rules.map(({ title, data }) => [title, data[0].model.expr])).toEqual(
        wanted.map(({ alert, severity, expr }) => [`${alert} (${severity})`, expr]),
      );
    });

    test('has uids and titles that are unique and short enough', () => {
      const uids = rules.map(({ uid }) => uid);
      expect(new Set(uids).size).toBe(uids.length);
      for (const uid of uids) expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
      const titles = rules.map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
    });

    test('is evaluated at times that the scheduler of Grafana has', () => {
      const { apiVersion, groups } = groupsOf(definition);
      expect(apiVersion).toBe(1);
      for (const { interval, folder } of groups) {
        const [, number, unit] = /^(\d+)([sm])$/.exec(interval)!;
        expect((Number(number) * (unit === 'm' ? 60 : 1)) % 10).toBe(0);
        expect(folder).toBe(folderOf(definition).title);
      }
    });

    test('asks Prometheus once and fires on any answer', () => {
      for (const { condition, data } of rules) {
        expect(data.map(({ refId }) => refId)).toEqual(['A', condition]);
        expect(data.map(({ datasourceUid }) => datasourceUid)).toEqual([
          dataSourceUids.prometheus,
          '__expr__',
        ]);
        expect(data[0].model.instant).toBe(true);
        expect(data[1].model.expression).toBe('is_number($A)');
      }
    });

    test('takes no answer for quiet, and tells once that Prometheus does not answer', () => {
      for (const { noDataState } of rules) expect(noDataState).toBe('OK');
      const loud = rules.filter(({ execErrState }) => execErrState !== 'OK');
      expect(loud.map(({ title, execErrState }) => [title, execErrState])).toEqual([
        ['SightlineDown (critical)', 'Alerting'],
      ]);
    });

    test('says values as Grafana does', () => {
      for (const { annotations } of rules) {
        expect(Object.values(annotations).join()).not.toContain('$value ');
      }
    });
  },
);

test('alerts are paused unless somebody wants them from Grafana', () => {
  expect(rulesOf(promisedDefinition()).every(({ isPaused }) => isPaused)).toBe(true);
  expect(rulesOf(promisedDefinition(), { isPaused: false }).some(({ isPaused }) => isPaused)).toBe(
    false,
  );
});

test('an alert stands on its panel', () => {
  const rule = rulesOf(promisedDefinition()).find(({ title }) =>
    title.startsWith('SightlineAnswersFailing'),
  )!;
  const uid = dashboardUid(promisedDefinition(), 'overview');
  expect(rule).toMatchObject({
    dashboardUid: uid,
    panelId: panelId('errors'),
    for: '3m',
    keepFiringFor: '5m',
    labels: { severity: 'critical' },
    annotations: {
      __dashboardUid__: uid,
      __panelId__: String(panelId('errors')),
      description: expect.stringContaining(
        '{{ $values.A.Value | humanizePercentage }} of the requests',
      ),
    },
  });
});

test('environments have uids of their own', () => {
  const uids = (environment: string) =>
    rulesOf(promisedDefinition({ environment })).map(({ uid }) => uid);
  const staging = uids('staging');
  expect(new Set([...staging, ...uids('production')]).size).toBe(2 * staging.length);
});
