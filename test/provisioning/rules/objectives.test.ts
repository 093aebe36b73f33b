import { expect, test } from 'vitest';
import { objectivesOf } from '../../../src/provisioning/objectives/objective.ts';
import { alertsOf, isAlert, ruleGroupsOf } from '../../../src/provisioning/rules/rule-groups.ts';
import type { Definition, WorkObjectives } from '../../../src/provisioning/source/definition.ts';
import { exampleDefinition } from '../example-definition.ts';
import { promisedDefinition, unpromisedDefinition } from './promised-definition.ts';

/** The shipped definition with one work, which promises this alone. */
function promising(slo: WorkObjectives, different: Partial<Definition> = {}): Definition {
  const [work] = unpromisedDefinition().works;
  return exampleDefinition({ works: [{ ...work, slo }], ...different });
}

const burnAlerts = (definition: Definition) =>
  alertsOf(ruleGroupsOf(definition)).filter(({ alert }) => alert.endsWith('BudgetBurn'));
const keysOf = (definition: Definition) =>
  burnAlerts(definition).map(({ alert, severity }) => `${alert} ${severity}`);

test('everything that a work and its stages promise is an objective', () => {
  const [first] = promisedDefinition().works;
  const own = objectivesOf(promisedDefinition()).filter(({ work }) => work === first.name);
  expect(own.map(({ slo, stage, share }) => [slo, stage ?? '', share])).toEqual([
    ['availability', '', 0.999],
    ['latency', '', 0.95],
    ['nonempty', '', 0.995],
    ['freshness', '', 0.99],
    ['coverage', '', 0.95],
    ['availability', 'features', 0.99],
    ['latency', 'features', 0.99],
    ['freshness', 'features', 0.95],
  ]);
});

test('what is promised pages and tickets, what people do not feel at once only tickets', () => {
  expect(keysOf(promisedDefinition())).toEqual([
    'SightlineAvailabilityBudgetBurn critical',
    'SightlineAvailabilityBudgetBurn warning',
    'SightlineLatencyBudgetBurn critical',
    'SightlineLatencyBudgetBurn warning',
    'SightlineNonEmptyBudgetBurn critical',
    'SightlineNonEmptyBudgetBurn warning',
    'SightlineFreshnessBudgetBurn warning',
    'SightlineCoverageBudgetBurn warning',
  ]);
});

test('without promises there are no objectives and no alerts on them', () => {
  expect(objectivesOf(unpromisedDefinition())).toEqual([]);
  expect(ruleGroupsOf(unpromisedDefinition()).objectives).toEqual([]);
});

test('a promise about models of a work without models is none', () => {
  const definition = promising({ freshnessHours: 24 });
  const works = definition.works.map((work) => ({ ...work, models: [] }));
  expect(objectivesOf({ ...definition, works })).toEqual([]);
});

test('a stage alone pages nobody', () => {
  const [work] = unpromisedDefinition().works;
  const [stage, ...others] = work.stages;
  const stages = [{ ...stage, slo: { availability: 0.999 } }, ...others];
  expect(keysOf(exampleDefinition({ works: [{ ...work, stages }] }))).toEqual([
    'SightlineAvailabilityBudgetBurn warning',
  ]);
});

test('windows that a lax promise can never burn through are left out', () => {
  const [page] = burnAlerts(promising({ nonEmpty: 0.9 }));
  // All of it bad burns ten times too fast.
  expect(page.expr).not.toContain('14.4');
  expect(page.expr).toContain('> 6');
  expect(keysOf(promising({ nonEmpty: 0.5 }))).toEqual(['SightlineNonEmptyBudgetBurn warning']);
});

test('each condition needs five bad events in its long window', () => {
  for (const { expr } of burnAlerts(promisedDefinition())) {
    const guards = expr.match(
      /sum_over_time\(sightline:slo_bad:rate5m\{[^}]*\}\[\w+\]\) \* 30 >= 5/g,
    );
    expect(guards?.length).toBe(expr.split('\nor\n').length);
  }
});

test('windows, waits and intervals follow the period of the budgets', () => {
  const [page] = burnAlerts(promising({ availability: 0.999 }, { sloDays: 15 }));
  expect([page.forSeconds, page.keepFiringForSeconds]).toEqual([60, 150]);
  expect(page.expr).toContain('[30m]) * 15 >= 5');
  const { objectives } = ruleGroupsOf(promising({ availability: 0.999 }, { sloDays: 15 }));
  expect(objectives.map(({ intervalSeconds }) => intervalSeconds)).toEqual([15, 60, 15]);
});

test('burn rates of a group read what the same group recorded before them', () => {
  const [group] = ruleGroupsOf(promisedDefinition()).objectives;
  const names = group.rules.flatMap((rule) => (isAlert(rule) ? [] : rule.record));
  expect(names.lastIndexOf('sightline:slo_total:rate5m')).toBeLessThan(
    names.indexOf('sightline:slo_burn:5m'),
  );
});
