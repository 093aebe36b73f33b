import type { Anomaly } from '../../domain/anomaly.ts';
import { attribute } from '../attribution/attribute.ts';
import { withoutTwins } from '../attribution/twin-labels.ts';
import { createCube } from '../cube/cube.ts';
import { createCubeSeries } from '../cube/cube-series.ts';
import type { LeafTick } from '../cube/leaf-tick.ts';
import { isMeasure } from '../cube/measures.ts';
import { SeriesBank } from '../detection/series-bank.ts';
import type { SeriesValues, WatchedSeries } from '../watched-series.ts';
import { Incident, type SeriesNow } from './incident.ts';
import { SourceSlots } from './source-slots.ts';

/** How the engine watches. Plain data, as it travels to a thread. */
export interface EngineOptions {
  readonly tickSeconds: number;
  /** False alarms a day that all series together may give. */
  readonly falseAlarmsPerDay: number;
  readonly maxSeries: number;
  /** Labels that the configuration declares, after `leafLabels` in the cube. */
  readonly labels: readonly string[];
}

/** What is measured at one moment. */
export interface EngineInput {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Undefined where nothing was counted. */
  readonly leaves: LeafTick | undefined;
  /** Series that come from elsewhere than the cube. */
  readonly series: SeriesValues;
}

/** What one tick found. */
export interface EngineReport {
  /** Anomalies that are new, or whose state or explanation changed. */
  readonly changed: readonly Anomaly[];
  readonly pending: number;
  readonly firing: number;
  readonly series: number;
  readonly seconds: number;
  readonly attributions: readonly { measure: string; isExplained: boolean; seconds: number }[];
  readonly leaves: number;
  readonly cells: number;
  readonly overflow: number;
  /** Why causes could not be looked for; the anomalies stand without. */
  readonly failures: readonly Error[];
}

/** Detects and explains, tick by tick. */
export interface Engine {
  tick(input: EngineInput): EngineReport;
}

/** What the engine may know of its surroundings. */
export interface EngineContext {
  /** The name behind a code of an event. */
  nameOf(code: number): string;
  /** Milliseconds that never go back. */
  monotonic(): number;
}

/** Most time a search for a cause may take. */
const attributionLimitMs = 200;
/** Time before a change that it is compared with. */
const baselineTicks = 120;

/**
 * Makes an engine that has seen nothing. A tick costs O(series + cells of the tick), and a search for causes for each
 * anomaly that begins to fire; the whole is meant for a thread of its own.
 */
export function createEngine(options: EngineOptions, context: EngineContext): Engine {
  const { tickSeconds, falseAlarmsPerDay, maxSeries, labels } = options;
  const { nameOf, monotonic } = context;
  const bank = new SeriesBank({ tickSeconds, falseAlarmsPerDay, maxSeries });
  const byPlace: (WatchedSeries | undefined)[] = [];
  const cube = createCube({ labels, nameOf });
  const cubeSeries = createCubeSeries({ labels, nameOf, tickSeconds });
  const ofCube = new SourceSlots(bank, { byPlace, maxSeries });
  const ofOthers = new SourceSlots(bank, { byPlace, maxSeries });
  const values = new Float64Array(maxSeries).fill(Number.NaN);
  const trials = new Float64Array(maxSeries).fill(Number.NaN);
  const open = new Map<string, Incident>();
  let born = 0;

  const look = (place: number): SeriesNow => ({
    state: bank.state(place),
    direction: bank.direction(place) < 0 ? 'down' : 'up',
    actual: byPlace[place]?.kind === 'ratio' ? values[place] / trials[place] : values[place],
    expected: bank.expected(place),
    surprise: Math.max(...Object.values(bank.evidence(place))),
    onsetMs: bank.onsetMs(place),
  });
  const join = (place: number, atMs: number): void => {
    const series = byPlace[place];
    const { state, direction } = look(place);
    if (series === undefined || (state !== 'pending' && state !== 'firing')) return;
    const measure = series.measure ?? familyOf(series.name);
    const key = `${measure} ${direction}`;
    let incident = open.get(key);
    if (incident === undefined) {
      born += 1;
      const id = `${Math.round(atMs).toString(36)}-${born}`;
      incident = new Incident(id, { measure, direction, atMs });
      open.set(key, incident);
    }
    incident.members.set(place, series);
  };
  const explain = (incident: Incident, nowMs: number) => {
    if (!isMeasure(incident.measure)) return undefined;
    const startedAt = monotonic();
    const question = cube.table({
      measure: incident.measure,
      onsetMs: incident.startedAtMs,
      nowMs,
      baselineMs: baselineTicks * tickSeconds * 1000,
    });
    if (question === undefined) return undefined;
    const { table, name } = withoutTwins(question.table);
    // Where all traffic is alike there is nothing to tell apart.
    if (table.labels.length === 0) return undefined;
    const found = attribute(table, question.measurement, {
      maxCauses: 3,
      timeLimitMs: attributionLimitMs,
      monotonic,
    });
    const causes = found.causes.map((cause) => ({
      ...cause,
      labels: { ...name(cause.labels), ...question.constants },
    }));
    const isNew = incident.explain({ ...found, causes });
    const seconds = (monotonic() - startedAt) / 1000;
    return { measure: incident.measure, isExplained: !found.isUnexplained, seconds, isNew };
  };

  return {
    tick({ atMs, leaves, series }) {
      const startedAt = monotonic();
      values.fill(Number.NaN);
      trials.fill(Number.NaN);
      // What others added is told once, so it is taken in before anything can fail.
      ofOthers.take(series, { values, trials });
      if (leaves !== undefined) {
        cube.add(leaves);
        ofCube.take(cubeSeries.read(leaves), { values, trials });
      }
      for (const place of bank.tick(values, trials, atMs)) join(place, atMs);
      const attributions: EngineReport['attributions'][number][] = [];
      const changed: Anomaly[] = [];
      const failures: Error[] = [];
      for (const [key, incident] of open) {
        let isChanged = incident.follow(look, atMs);
        if (incident.isWorthALook) {
          try {
            const found = explain(incident, atMs);
            if (found !== undefined) attributions.push(found);
            isChanged ||= found?.isNew ?? false;
          } catch (cause) {
            failures.push(cause as Error);
          }
        }
        if (isChanged) changed.push(incident.show());
        if (incident.state === 'resolved') open.delete(key);
      }
      return {
        changed,
        ...countOf(open.values()),
        series: bank.size,
        seconds: (monotonic() - startedAt) / 1000,
        attributions,
        leaves: cube.leaves,
        cells: cube.cells,
        overflow: leaves?.overflow ?? 0,
        failures,
      };
    },
  };
}

/** The metric of a name like `ring_lag_seconds level`. */
function familyOf(name: string): string {
  return name.split(' ', 1)[0];
}

function countOf(incidents: Iterable<Incident>): { pending: number; firing: number } {
  const count = { pending: 0, firing: 0 };
  for (const { state } of incidents) if (state !== 'resolved') count[state] += 1;
  return count;
}
