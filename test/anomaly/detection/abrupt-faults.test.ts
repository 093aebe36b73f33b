import { expect, test } from 'vitest';
import { createNoise, type Watched, watch } from './simulate.ts';

const noise = createNoise(21);
const { normal, poisson } = noise;
/** Hits among trials, both whole. */
type Tick = readonly [value: number, trials?: number];

/** A series that has shown `usual` for an hour or so. */
function young(kind: 'level' | 'count' | 'ratio', usual: () => Tick, ticks = 130): Watched {
  const watched = watch(kind);
  for (let i = 0; i < ticks; i++) watched.play(...usual());
  expect(watched.bank.state(watched.series)).toBe('quiet');
  return watched;
}

/** Ticks until the series is in a state, NaN where it is not within `limit`. */
function ticksUntil(
  watched: Watched,
  next: () => Tick,
  { state, limit = 100 }: { state: string; limit?: number },
): number {
  for (let i = 1; i <= limit; i++) {
    watched.play(...next());
    if (watched.bank.state(watched.series) === state) return i;
  }
  return Number.NaN;
}

const errors = (trials: number, rate: number) => (): Tick => [
  Math.min(trials, poisson(trials * rate)),
  trials,
];
const events = (mean: number) => (): Tick => [poisson(mean)];
const level = (mean: number) => (): Tick => [mean * (1 + 0.05 * normal())];

const faults: [string, 'level' | 'count' | 'ratio', () => Tick, () => Tick][] = [
  ['1000 events stop', 'count', events(1000), events(0)],
  ['1000 events drop to 30 %', 'count', events(1000), events(300)],
  ['50 events stop', 'count', events(50), events(0)],
  ['errors of 1 % rise to 30 % of 50', 'ratio', errors(50, 0.01), errors(50, 0.3)],
  ['errors of 1 % rise to 30 % of 5000', 'ratio', errors(5000, 0.01), errors(5000, 0.3)],
  ['clicks of 3 % fall to 0.6 % of 10,000', 'ratio', errors(10_000, 0.03), errors(10_000, 0.006)],
  ['errors come where none were, 30 % of 20', 'ratio', errors(20, 0), errors(20, 0.3)],
  ['everything fails where nothing did', 'ratio', errors(200, 0), errors(200, 1)],
  ['a level triples', 'level', level(40), level(120)],
];

test.each(faults)('after an hour of quiet, %s: found in 3 ticks', (_, kind, usual, fault) => {
  for (let run = 0; run < 5; run++) {
    const watched = young(kind, usual);
    expect(ticksUntil(watched, fault, { state: 'firing' })).toBeLessThanOrEqual(3);
  }
});

test.each(faults)(
  'while %s the alarm stays; its end is told within 8 ticks',
  (_, kind, usual, fault) => {
    const watched = young(kind, usual);
    ticksUntil(watched, fault, { state: 'firing' });
    expect(ticksUntil(watched, fault, { state: 'refractory' })).toBeNaN();
    const back = ticksUntil(watched, usual, { state: 'refractory' });
    expect(back).toBeGreaterThanOrEqual(5);
    expect(back).toBeLessThanOrEqual(8);
    expect(ticksUntil(watched, usual, { state: 'firing', limit: 200 })).toBeNaN();
  },
);

test('a change that comes and goes each minute is one alarm', () => {
  const watched = young('count', events(200));
  const alarms: number[] = [];
  for (let i = 0; i < 100; i++) {
    const isChange = watched.play(poisson(i % 4 < 2 ? 40 : 200));
    if (isChange && watched.bank.state(watched.series) === 'firing') alarms.push(i);
  }
  expect(alarms).toHaveLength(1);
});

test('one tick in which everything fails is no alarm, nor is one in which nothing happens', () => {
  const ratio = young('ratio', errors(200, 0));
  const count = young('count', events(1000));
  for (const spike of [200, 100, 5]) {
    ratio.play(spike, 200);
    count.play(spike * 1000);
    expect(ticksUntil(ratio, errors(200, 0), { state: 'firing' })).toBeNaN();
    expect(ticksUntil(count, events(1000), { state: 'firing' })).toBeNaN();
    count.play(0);
    expect(ticksUntil(count, events(1000), { state: 'firing' })).toBeNaN();
  }
});

test('where errors never come, one of them is no alarm and one in every tick soon is', () => {
  const watched = young('ratio', errors(20, 0), 1000);
  watched.play(1, 20);
  expect(ticksUntil(watched, errors(20, 0), { state: 'firing' })).toBeNaN();
  const ticks = ticksUntil(watched, () => [1, 20], { state: 'firing' });
  expect(ticks).toBeGreaterThan(2);
  expect(ticks).toBeLessThan(10);
});

test('bursts that are usual are no faults, however far from the law of counts', () => {
  const watched = watch('count');
  let burst = 0;
  const bursty = (): Tick => {
    burst = 0.6 * burst + 0.8 * normal();
    return [poisson(500 * Math.exp(0.4 * burst))];
  };
  expect(ticksUntil(watched, bursty, { state: 'firing', limit: 2880 })).toBeNaN();
});
