import { expect, test } from 'vitest';
import { experimentsSchema } from '../src/experiments/experiment.ts';
import { createExperiments } from '../src/experiments/experiments.ts';
import type { ArmsReport } from '../src/signals/arms.ts';
import { createSplitting } from '../src/splitting.ts';
import { createTestClock } from './pipeline/test-work.ts';

const definitions = experimentsSchema.parse({
  'new-blend': { work: 'home', share: 0.1, treatment: { work: 'home-new' } },
});

/** Control clicks in one request of twenty, treatment in four of five; all sessions of one pane. */
const report = (keys: { control: number; treatment: number }): ArmsReport => ({
  readings: [],
  paneStartsMs: [1_000_000],
  arms: [
    { ...arm('control', [9500, 0, 500, 0]), keysSince: [keys.control] },
    { ...arm('treatment', [200, 0, 800, 0]), keysSince: [keys.treatment] },
  ],
});

const arm = (variant: string, table: ArmsReport['arms'][number]['table']) => ({
  experiment: 'new-blend',
  variant,
  table,
  requests: 0,
  offered: 0,
  allocation: null,
  requestsTotal: 0,
  judgedTotal: 0,
});

function open() {
  const clock = createTestClock();
  const experiments = createExperiments(definitions, { clock });
  const facts: string[] = [];
  const splitting = createSplitting({
    experiments,
    clock,
    emit: (name, fact) => facts.push(`${name} ${JSON.stringify(fact)}`),
  });
  const share = () => experiments.status()[0].share;
  return { clock, experiments, splitting, facts, share };
}

test('arms that differ move the split once it has been kept long enough', () => {
  const { clock, splitting, facts, share } = open();
  splitting.consider(report({ control: 9000, treatment: 1000 }));
  expect(share()).toBe(0.1);
  clock.advance(3_600_000);
  splitting.consider(report({ control: 9000, treatment: 1000 }));
  expect(share()).toBe(0.25);
  expect(facts.at(-1)).toContain('split.changed {"experiment":"new-blend","from":0.1,"to":0.25');
});

test('arms that were not filled as planned move nothing, and the test says how unlikely they are', () => {
  const { clock, splitting, facts, share } = open();
  clock.advance(3_600_000);
  splitting.consider(report({ control: 9000, treatment: 2000 }));
  expect(share()).toBe(0.1);
  expect(facts).toHaveLength(1);
  expect(JSON.parse(facts[0].slice('split.calibrated '.length)).mismatchPValue).toBeLessThan(1e-9);
});

test('until there are outcomes enough it looks at every report, and then once a minute', () => {
  const { clock, splitting, facts } = open();
  const few = report({ control: 90, treatment: 10 });
  const arms = few.arms.map((one) => ({ ...one, table: [9, 0, 1, 0] as const }));
  for (let second = 0; second < 5; second++) {
    splitting.consider({ ...few, arms });
    clock.advance(1000);
  }
  expect(facts).toHaveLength(5);
  splitting.consider(few);
  expect(facts.at(-1)).toContain('"drift":');
  splitting.consider(few);
  expect(facts).toHaveLength(6);
});

test('it looks once a minute', () => {
  const { clock, splitting, facts } = open();
  for (let second = 0; second < 120; second++) {
    splitting.consider(report({ control: 90, treatment: 10 }));
    clock.advance(1000);
  }
  expect(facts).toHaveLength(2);
});

test('an experiment that nobody was in yet is not judged', () => {
  const { splitting, facts } = open();
  splitting.consider({ readings: [], paneStartsMs: [0], arms: [] });
  expect(facts).toEqual([]);
});
