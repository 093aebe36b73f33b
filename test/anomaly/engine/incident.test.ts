import { expect, test } from 'vitest';
import { Incident, type SeriesNow } from '../../../src/anomaly/engine/incident.ts';
import type { WatchedSeries } from '../../../src/anomaly/watched-series.ts';
import { polandCause } from '../anomaly-example.ts';

const series = (segment: string): WatchedSeries => ({
  name: 'slow',
  labels: { segment },
  kind: 'ratio',
  direction: 'up',
  measure: 'slow',
});
const now = (state: SeriesNow['state'], rest: Partial<SeriesNow> = {}): SeriesNow => ({
  state,
  direction: 'up',
  actual: 0.4,
  expected: 0.03,
  surprise: 9,
  onsetMs: 900,
  ...rest,
});
function begin() {
  const incident = new Incident('a1', { measure: 'slow', direction: 'up', atMs: 1000 });
  incident.members.set(0, series('poland'));
  incident.members.set(1, series('other'));
  return incident;
}
const explained = { causes: [polandCause], explainedShare: 0.8, isUnexplained: false };

test('an incident goes from pending over firing to resolved with its times', () => {
  const incident = begin();
  expect(incident.follow(() => now('pending'), 1000)).toBe(true);
  expect(incident.show()).toMatchObject({ state: 'pending', firedAtMs: undefined });
  expect(incident.follow(() => now('pending'), 1500)).toBe(false);
  expect(incident.follow(() => now('firing'), 2000)).toBe(true);
  expect(incident.show()).toMatchObject({ state: 'firing', startedAtMs: 900, firedAtMs: 2000 });
  incident.explain(explained);
  expect(incident.follow(() => now('firing'), 3000)).toBe(false);
  expect(incident.follow(() => now('refractory'), 4000)).toBe(true);
  expect(incident.show()).toMatchObject({ state: 'resolved', firedAtMs: 2000, resolvedAtMs: 4000 });
});

test('it lasts as long as one of its series does', () => {
  const incident = begin();
  incident.follow(() => now('firing'), 1000);
  incident.follow((place) => now(place === 1 ? 'firing' : 'quiet'), 2000);
  expect(incident.state).toBe('firing');
  expect(incident.show().series.map(({ labels }) => labels)).toEqual([{ segment: 'other' }]);
});

test('a series that moves the other way is no part of it', () => {
  const incident = begin();
  incident.follow(() => now('firing', { direction: 'down' }), 1000);
  expect(incident.state).toBe('resolved');
  expect(incident.show().firedAtMs).toBeUndefined();
});

test('the most surprising series comes first', () => {
  const incident = begin();
  incident.follow((place) => now('firing', { surprise: place === 1 ? 20 : 9 }), 1000);
  expect(incident.show().series.map(({ surprise }) => surprise)).toEqual([20, 9]);
});

test('the cause is looked for when it fires and again while it lasts, less and less often', () => {
  const incident = begin();
  const looks = Array.from({ length: 20 }, (_, tick) => {
    incident.follow(() => now('firing'), 1000 * (tick + 1));
    return incident.isWorthALook ? tick : -1;
  });
  expect(looks.filter((tick) => tick >= 0)).toEqual([0, 1, 2, 4, 8, 16]);
});

test('without a cause it is told again at the second look, and keeps no labels before', () => {
  const incident = begin();
  expect(incident.follow(() => now('firing'), 1000)).toBe(true);
  incident.show();
  expect(incident.follow(() => now('firing'), 2000)).toBe(true);
  incident.explain(explained);
  expect(incident.show().causeLabels).toEqual({ segment: 'poland' });
  expect(incident.follow(() => now('firing'), 3000)).toBe(false);
});

test('an explanation is replaced by one that explains about as much, and not by nothing', () => {
  const incident = begin();
  incident.follow(() => now('firing'), 1000);
  expect(incident.explain({ causes: [], explainedShare: 0, isUnexplained: true })).toBe(false);
  expect(incident.explain(explained)).toBe(true);
  expect(incident.explain({ ...explained, explainedShare: 0.5 })).toBe(false);
  expect(incident.explain({ ...explained, explainedShare: 0.75 })).toBe(true);
  expect(incident.show()).toMatchObject({ explainedShare: 0.75, isUnexplained: false });
});

test('the labels for the alert are those of the first cause when it fired', () => {
  const incident = begin();
  incident.follow(() => now('firing'), 1000);
  incident.explain(explained);
  expect(incident.show().causeLabels).toEqual({ segment: 'poland' });
  incident.explain({ ...explained, causes: [{ ...polandCause, labels: { work: 'home' } }] });
  expect(incident.show().causeLabels).toEqual({ segment: 'poland' });
});
