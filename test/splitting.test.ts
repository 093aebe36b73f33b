import { expect, onTestFinished, test } from 'vitest';
import { experimentsSchema } from '../src/experiments/experiment.ts';
import { openExperiments } from '../src/experiments/experiments.ts';
import { groupCount } from '../src/signals/arms/arm-groups.ts';
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
  sums: new Uint32Array(3 * groupCount),
});

async function open() {
  const clock = createTestClock();
  const experiments = await openExperiments(definitions, { clock, emit: () => {} });
  onTestFinished(() => experiments.close());
  const facts: string[] = [];
  const splitting = createSplitting({
    experiments: () => experiments,
    clock,
    emit: (name, fact) => facts.push(`${name} ${JSON.stringify(fact)}`),
  });
  const share = () => experiments.status()[0].share;
  return { clock, experiments, splitting, facts, share };
}

test('arms that differ move the split once it has been kept long enough', async () => {
  const { clock, splitting, facts, share } = await open();
  splitting.consider(report({ control: 9000, treatment: 1000 }));
  expect(share()).toBe(0.1);
  clock.advance(3_600_000);
  splitting.consider(report({ control: 9000, treatment: 1000 }));
  expect(share()).toBe(0.25);
  expect(facts.at(-1)).toContain('split.changed {"experiment":"new-blend","from":0.1,"to":0.25');
});

test('arms that were not filled as planned move nothing, and the test says how unlikely they are', async () => {
  const { clock, splitting, facts, share } = await open();
  clock.advance(3_600_000);
  splitting.consider(report({ control: 9000, treatment: 2000 }));
  expect(share()).toBe(0.1);
  expect(facts).toHaveLength(1);
  expect(JSON.parse(facts[0].slice('split.calibrated '.length)).mismatchPValue).toBeLessThan(1e-9);
});

test('until there are outcomes enough it looks at every report, and then once a minute', async () => {
  const { clock, splitting, facts } = await open();
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

test('it looks once a minute', async () => {
  const { clock, splitting, facts } = await open();
  for (let second = 0; second < 120; second++) {
    splitting.consider(report({ control: 90, treatment: 10 }));
    clock.advance(1000);
  }
  expect(facts).toHaveLength(2);
});

test('an experiment that nobody was in yet is not judged', async () => {
  const { splitting, facts } = await open();
  splitting.consider({ readings: [], paneStartsMs: [0], arms: [] });
  expect(facts).toEqual([]);
});

test('what the arms achieve is shown once both have enough, anew under each share, and stays after the end', async () => {
  const { clock, experiments, splitting, share, facts } = await open();
  const sums = (clicksOfGroup: number) =>
    Uint32Array.from({ length: 3 * groupCount }, (_, i) => {
      if (i < groupCount) return 20;
      return i < 2 * groupCount ? (i % 3) + clicksOfGroup : 0;
    });
  const shown = (by: number, clicks: readonly [number, number]) => {
    const { arms, ...rest } = report({ control: 9000, treatment: 1000 });
    const scaled = (one: Uint32Array) => one.map((count) => count * by);
    return {
      ...rest,
      arms: [
        { ...arms[0], sums: scaled(sums(clicks[0])) },
        { ...arms[1], sums: scaled(sums(clicks[1])) },
      ],
    };
  };
  const results = () => experiments.status()[0].results;
  splitting.consider(report({ control: 9000, treatment: 1000 }));
  expect(results()).toBeUndefined();
  splitting.consider(shown(1, [1, 5]));
  expect(results()).toMatchObject({
    samples: { control: 5120, treatment: 5120 },
    difference: { clicks: { value: expect.closeTo(0.2, 9) }, conversions: { value: 0 } },
  });
  const { clicks } = results()!.difference;
  expect(clicks.low).toBeGreaterThan(0);
  splitting.consider(shown(1, [1, 5]));
  expect(facts.filter((fact) => fact.startsWith('arms.compared'))).toEqual([
    `arms.compared ${JSON.stringify({ experiment: 'new-blend', outcome: 'clicks', ...clicks })}`,
  ]);
  clock.advance(3_600_000);
  splitting.consider(shown(1, [1, 5]));
  expect(share()).toBe(0.25);
  splitting.consider(shown(1, [1, 5]));
  expect(results()).toBeUndefined();
  clock.advance(1_800_000);
  splitting.consider(shown(1, [1, 5]));
  splitting.consider(shown(2, [1, 5]));
  expect(results()?.samples).toEqual({ control: 5120, treatment: 5120 });
  experiments.kill('new-blend');
  splitting.consider(shown(3, [1, 5]));
  expect(results()?.samples).toEqual({ control: 5120, treatment: 5120 });
});
