import type { Anomaly } from '../../domain/anomaly.ts';
import type { PluginPart } from '../../domain/plugin-part.ts';
import { attribute } from '../attribution/attribute.ts';
import { withoutTwins } from '../attribution/twin-labels.ts';
import { type Cube, createCube } from '../cube/cube.ts';
import { type CubeSeries, createCubeSeries } from '../cube/cube-series.ts';
import type { LeafTick } from '../cube/leaf-tick.ts';
import { isMeasure } from '../cube/measures.ts';
import { SeriesBank } from '../detection/series-bank.ts';
import { PluggedDetectors } from '../plugged/plugged-detectors.ts';
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
  /** Why causes could not be looked for, where the anomalies stand without; and detectors of plugins that failed. */
  readonly failures: readonly Error[];
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
/** Causes told of an anomaly. */
const maxCauses = 3;

/**
 * Detects and explains, tick by tick. A tick costs O(series + cells of the tick), and a search for causes for each
 * anomaly that begins to fire; the whole is meant for a thread of its own.
 *
 * @example
 * const engine = new Engine(options, { nameOf: (code) => codes.nameOf(code), monotonic: () => performance.now() });
 * engine.tick({ atMs, leaves, series }).changed; // [{ measure: 'slow', state: 'firing', causes: [...], ... }]
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #monotonic: () => number;
  readonly #bank: SeriesBank;
  readonly #plugged = new PluggedDetectors();
  readonly #cube: Cube;
  readonly #cubeSeries: CubeSeries;
  /** The series by their place in the bank. */
  readonly #byPlace: (WatchedSeries | undefined)[] = [];
  readonly #ofCube: SourceSlots;
  readonly #ofOthers: SourceSlots;
  readonly #numbers: { readonly values: Float64Array; readonly trials: Float64Array };
  /** Open incidents by measure and direction. */
  readonly #open = new Map<string, Incident>();
  #born = 0;

  constructor(options: EngineOptions, { nameOf, monotonic }: EngineContext) {
    const { labels, tickSeconds, maxSeries } = options;
    this.#options = options;
    this.#monotonic = monotonic;
    this.#bank = new SeriesBank(options);
    this.#cube = createCube({ labels, nameOf });
    this.#cubeSeries = createCubeSeries({ labels, nameOf, tickSeconds });
    const places = { byPlace: this.#byPlace, maxSeries };
    this.#ofCube = new SourceSlots(this.#bank, places);
    this.#ofOthers = new SourceSlots(this.#bank, places);
    this.#numbers = {
      values: new Float64Array(maxSeries),
      trials: new Float64Array(maxSeries),
    };
  }

  /** Lets detectors of plugins judge their series from now on, in place of the bank, which goes on beside them. */
  follow(detectors: readonly PluginPart[]): Promise<void> {
    return this.#plugged.follow(detectors);
  }

  /** Takes in what was measured at a moment and says what changed by it. */
  tick(input: EngineInput): EngineReport {
    const startedAt = this.#monotonic();
    this.#take(input);
    const { values, trials } = this.#numbers;
    for (const place of this.#bank.tick(values, trials, input.atMs)) this.#join(place, input.atMs);
    const tick = { series: this.#byPlace, values, trials, atMs: input.atMs };
    const { places, failures } = this.#plugged.judge(tick);
    for (const place of places) this.#join(place, input.atMs);
    const found: Findings = { changed: [], attributions: [], failures: [...failures] };
    for (const [key, incident] of this.#open) {
      this.#follow(incident, input.atMs, found);
      if (incident.state === 'resolved') this.#open.delete(key);
    }
    return {
      ...found,
      ...countOf(this.#open.values()),
      series: this.#bank.size,
      seconds: (this.#monotonic() - startedAt) / 1000,
      leaves: this.#cube.leaves,
      cells: this.#cube.cells,
      overflow: input.leaves?.overflow ?? 0,
    };
  }

  #take({ leaves, series }: EngineInput): void {
    this.#numbers.values.fill(Number.NaN);
    this.#numbers.trials.fill(Number.NaN);
    // What others added is told once, so it is taken in before anything can fail.
    this.#ofOthers.take(series, this.#numbers);
    if (leaves === undefined) return;
    this.#cube.add(leaves);
    this.#ofCube.take(this.#cubeSeries.read(leaves), this.#numbers);
  }

  /** Puts a series that is suspected into the incident of its measure. */
  #join(place: number, atMs: number): void {
    const series = this.#byPlace[place];
    const { state, direction } = this.#look(place);
    if (series === undefined || (state !== 'pending' && state !== 'firing')) return;
    const measure = series.measure ?? familyOf(series.name);
    const key = `${measure} ${direction}`;
    const incident = this.#open.get(key) ?? this.#begin({ measure, direction, atMs });
    this.#open.set(key, incident);
    incident.members.set(place, series);
  }

  #begin(of: { measure: string; direction: 'up' | 'down'; atMs: number }): Incident {
    this.#born += 1;
    return new Incident(`${Math.round(of.atMs).toString(36)}-${this.#born}`, of);
  }

  #look = (place: number): SeriesNow => {
    const bank = this.#bank;
    const { values, trials } = this.#numbers;
    const isRatio = this.#byPlace[place]?.kind === 'ratio';
    return {
      // Nobody can say whether what is not measured any more goes on.
      state: bank.isSilent(place) ? 'quiet' : bank.state(place),
      direction: bank.direction(place) < 0 ? 'down' : 'up',
      actual: isRatio ? values[place] / trials[place] : values[place],
      expected: bank.expected(place),
      surprise: Math.max(...Object.values(bank.evidence(place))),
      onsetMs: bank.onsetMs(place),
      ...this.#plugged.verdict(place),
    };
  };

  #follow(incident: Incident, atMs: number, found: Findings): void {
    let isChanged = incident.follow(this.#look, atMs);
    if (incident.isWorthALook) {
      try {
        isChanged = this.#explain(incident, atMs, found) || isChanged;
      } catch (cause) {
        found.failures.push(cause as Error);
      }
    }
    if (isChanged) found.changed.push(incident.show());
  }

  /** Looks for the causes of an incident; answers whether they are news. */
  #explain(incident: Incident, nowMs: number, { attributions }: Findings): boolean {
    const { measure } = incident;
    if (!isMeasure(measure)) return false;
    const startedAt = this.#monotonic();
    const question = this.#cube.table({
      measure,
      onsetMs: incident.startedAtMs,
      nowMs,
      baselineMs: baselineTicks * this.#options.tickSeconds * 1000,
    });
    if (question === undefined) return false;
    const { table, name } = withoutTwins(question.table);
    // Where all traffic is alike there is nothing to tell apart.
    if (table.labels.length === 0) return false;
    const found = attribute(table, question.measurement, {
      maxCauses,
      timeLimitMs: attributionLimitMs,
      monotonic: this.#monotonic,
    });
    const seconds = (this.#monotonic() - startedAt) / 1000;
    attributions.push({ measure, isExplained: !found.isUnexplained, seconds });
    const causes = found.causes.map((cause) => ({
      ...cause,
      labels: { ...name(cause.labels), ...question.constants },
    }));
    return incident.explain({ ...found, causes });
  }
}

/** What a tick finds, while it goes on. */
interface Findings {
  readonly changed: Anomaly[];
  readonly attributions: EngineReport['attributions'][number][];
  readonly failures: Error[];
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
