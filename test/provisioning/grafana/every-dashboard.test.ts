import { expect, test } from 'vitest';
import { annotationsOf } from '../../../src/provisioning/dashboards/annotations.ts';
import type { Dashboard } from '../../../src/provisioning/dashboards/dashboard.ts';
import { dashboardsOf } from '../../../src/provisioning/dashboards/index.ts';
import { classicDashboard } from '../../../src/provisioning/grafana/classic.ts';
import { manifest } from '../../../src/provisioning/grafana/manifest.ts';
import { exampleDefinition } from '../example-definition.ts';
import { classicPanels, elementsOf } from './classic-panels.ts';
import { exampleDashboard } from './example-dashboard.ts';
import { lintDashboard } from './lint-dashboard.ts';
import { withoutExclusions } from './lint-exclusions.ts';

const places = [undefined, 'staging'].map((environment) => {
  const definition = exampleDefinition({ environment });
  const dashboards = [...dashboardsOf(definition), exampleDashboard()];
  return { definition, dashboards, annotations: annotationsOf(definition) };
});
const cases = places.flatMap((context) =>
  context.dashboards.map((dashboard) => ({
    name: `${dashboard.key} of ${context.definition.environment ?? 'the only environment'}`,
    dashboard,
    context,
    panels: dashboard.rows.flatMap((row) => row.panels),
  })),
);

test.each(cases)(
  '$name has no finding of the linter but the excluded',
  ({ dashboard, context }) => {
    const findings = lintDashboard(
      JSON.parse(JSON.stringify(classicDashboard(dashboard, context))),
    );
    const left = withoutExclusions(findings);
    expect(left.map(({ rule, panel, message }) => `${rule}: ${panel?.title}: ${message}`)).toEqual(
      [],
    );
  },
);

test.each(cases)(
  'each panel of $name is in both formats, with one id and one content',
  (example) => {
    const { dashboard, context, panels } = example;
    const classic = classicPanels(classicDashboard(dashboard, context)).map(({ panel }) => panel);
    const elements = elementsOf(manifest(dashboard, context));
    expect(Object.keys(elements)).toEqual(panels.map(({ key }) => key));
    expect(classic).toHaveLength(panels.length);
    Object.values(elements).forEach(({ spec }, p) => {
      const { vizConfig, data } = spec;
      expect(classic[p]).toMatchObject({ id: spec.id, title: spec.title, type: vizConfig.group });
      expect(classic[p].options).toEqual(vizConfig.spec.options);
      expect(classic[p].fieldConfig).toEqual(vizConfig.spec.fieldConfig);
      expect((classic[p].targets ?? []).map((target) => 'refId' in target && target.refId)).toEqual(
        data.spec.queries.map((query) => query.spec.refId),
      );
    });
  },
);

test.each(cases)(
  'each repeated row of $name repeats a variable of several values',
  ({ dashboard }) => {
    expect(repeated(dashboard).filter((variable) => variable?.isSingle !== undefined)).toEqual([]);
    expect(repeated(dashboard)).not.toContain(undefined);
  },
);

function repeated({ rows, variables }: Dashboard) {
  return rows.flatMap(({ repeat }) =>
    repeat === undefined ? [] : [variables.find(({ name }) => name === repeat)],
  );
}
