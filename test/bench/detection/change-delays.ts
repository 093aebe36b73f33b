import { createRng } from '../../../src/math/rng.ts';
import { quantileOf, round } from '../harness/spread.ts';
import { createDraws } from './draws.ts';
import { createFleet, createMixedSeries } from './fleet.ts';
import {
  type Change,
  createQuietSeries,
  type FamilyName,
  type QuietSeries,
} from './quiet-series.ts';

/** What a quiet series suddenly does, `age` ticks after it began. */
type Effect = (change: Change, age: number) => void;

interface Scenario {
  readonly name: string;
  readonly family: FamilyName;
  readonly traits: Parameters<typeof createQuietSeries>[2];
  readonly effect: Effect;
}

const traffic: readonly [string, FamilyName, Scenario['traits']][] = [
  ['count of 5', 'count middle', { mean: 5 }],
  ['count of 50', 'count middle', { mean: 50 }],
  ['count of 1000', 'count large', { mean: 1000 }],
  ['bursty count of 100', 'count bursty', { mean: 100, spread: 0.3, memory: 0.6 }],
];
const rates: readonly [string, FamilyName, Scenario['traits']][] = [
  ['1 % of 50', 'ratio many', { mean: 50, rate: 0.01 }],
  ['1 % of 500', 'ratio many', { mean: 500, rate: 0.01 }],
  ['1 % of 5000', 'ratio many', { mean: 5000, rate: 0.01 }],
];
const levels: readonly [string, FamilyName, Scenario['traits']][] = [
  ['level', 'level steady', {}],
  ['correlated level', 'level correlated', { memory: 0.6 }],
  ['heavy level', 'level heavy', { memory: 0.3, degrees: 5 }],
  ['seasonal level', 'level seasonal', { swing: 3, memory: 0.3 }],
];

const scenarios: readonly Scenario[] = [
  ...cross(traffic, [0, 0.3, 0.5, 0.8, 2], (to) => [
    `to ${to}`,
    (change) => {
      change.gain = to;
    },
  ]),
  ...cross(rates, [0.02, 0.05, 0.3], (to) => [
    `to ${to * 100} %`,
    (change) => {
      change.rate = to;
    },
  ]),
  ...cross(levels, [1, 2, 3, 5, 10], (by) => [
    `by ${by} sigma`,
    (change) => {
      change.shift = by;
    },
  ]),
  ...cross(levels, [0.02], (slope) => [
    `leak of ${slope} sigma a tick`,
    (change, age) => {
      change.shift = slope * (age + 1);
    },
  ]),
  ...cross(levels, [5, 10], (by) => [
    `spike of ${by} sigma`,
    (change, age) => {
      change.shift = age === 0 ? by : 0;
    },
  ]),
];

function cross(
  subjects: typeof levels,
  sizes: readonly number[],
  effectOf: (size: number) => [string, Effect],
): Scenario[] {
  return subjects.flatMap(([subject, family, traits]) =>
    sizes.map((size) => {
      const [what, effect] = effectOf(size);
      return { name: `${subject} ${what}`, family, traits, effect };
    }),
  );
}

export interface ChangeDelayOptions {
  /** Quiet series beside, which share the budget. */
  readonly series: number;
  /** False alarms a day that the whole bank may raise. */
  readonly budget: number;
  /** Quiet days before. */
  readonly days: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

const perScenario = 40;
const ticksPerDay = 2880;
const watched = 400;
const alarmed = new Set(['firing', 'refractory']);

interface Subject {
  readonly series: QuietSeries;
  readonly scenario: Scenario;
  readonly startTick: number;
  /** Ticks from the change to the alarm, 1 for the tick that shows it first; Infinity while there is none. */
  delay: number;
  /** It had an alarm already when the change came. */
  spoiled: boolean;
}

/**
 * Ticks from a change to its alarm, for 40 series of each kind and size of change that begin within an hour of each
 * other in a fleet that is otherwise quiet.
 */
export function measureChangeDelays({ series, budget, days, seed, log }: ChangeDelayOptions) {
  const draws = createDraws(createRng(seed + 1));
  const warmTicks = Math.round(days * ticksPerDay);
  const subjects: Subject[] = scenarios.flatMap((scenario) =>
    Array.from({ length: perScenario }, () => ({
      series: createQuietSeries(scenario.family, draws, scenario.traits),
      scenario,
      startTick: warmTicks + Math.floor(120 * draws.unit()),
      delay: Number.POSITIVE_INFINITY,
      spoiled: false,
    })),
  );
  const all = [...subjects.map((subject) => subject.series), ...createMixedSeries(series, seed)];
  const fleet = createFleet(all, { falseAlarmsPerDay: budget });
  for (let tick = 0; tick < warmTicks + 120 + watched; tick++) {
    for (const [i, subject] of subjects.entries()) {
      const age = tick - subject.startTick;
      if (age < 0) continue;
      if (age === 0) subject.spoiled = alarmed.has(fleet.bank.state(i));
      subject.scenario.effect(subject.series.change, age);
    }
    for (const i of fleet.play()) {
      const subject = subjects[i];
      if (subject === undefined || tick < subject.startTick) continue;
      subject.delay = Math.min(subject.delay, tick - subject.startTick + 1);
    }
    if (tick % 1000 === 0) log(`tick ${tick} of ${warmTicks + 120 + watched}`);
  }
  const table = tabulate(subjects);
  for (const [name, row] of Object.entries(table)) log(`${name.padEnd(44)} ${JSON.stringify(row)}`);
  return { delays: table, per_scenario: perScenario, watched_ticks: watched, series, days, seed };
}

/** Middle delay, null where more than half were not found, and shares found in time. */
function tabulate(subjects: readonly Subject[]) {
  const groups = Object.groupBy(subjects, ({ scenario }) => scenario.name);
  return Object.fromEntries(
    Object.entries(groups).map(([name, group = []]) => {
      const delays = group.filter(({ spoiled }) => !spoiled).map(({ delay }) => delay);
      const within = (ticks: number) =>
        round(delays.filter((delay) => delay <= ticks).length / delays.length);
      const median = quantileOf(delays, 0.5);
      const row = {
        median_ticks: Number.isFinite(median) ? median : null,
        within_3: within(3),
        within_10: within(10),
        found: within(watched),
        of: delays.length,
      };
      return [name, row];
    }),
  );
}
