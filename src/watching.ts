import type { Clock } from './domain/clock.ts';
import type { PluginPart } from './domain/plugin-part.ts';
import type { Model } from './models/model.ts';
import { createHistory, type HistoryOptions, type SignalPast } from './signals/history.ts';
import { type SignalName, type SignalOptions, signalCatalogue } from './signals/index.ts';
import { itemColumns, itemVectors } from './signals/known/known-items.ts';
import { createReadingTeller } from './signals/plugged/tell-readings.ts';
import type { PastEvents, Reading, SignalReport } from './signals/signal.ts';
import { emitReport } from './signals/thread/emit-report.ts';
import { openSignals, type SignalsReport } from './signals/thread/open-signals.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/** What one signal reads now. */
export interface SignalNow {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly measuredAtMs: number;
  readonly readings: readonly Reading[];
}

/** The signals of a gateway, seen from its main thread. */
export interface Watch {
  /** The latest readings of each signal. */
  current(): readonly SignalNow[];
  /** What is kept of a signal's readings; undefined for a name that is no signal, empty before the first reading. */
  past(name: string): SignalPast | undefined;
  /** Tells the signals of items that came or changed, unless it did a moment ago; each report does so too. */
  followItems(): void;
  /** Tells the signals whose vectors they compare from now on. */
  setModel(model: Model | undefined): void;
  /** Tells which signals of plugins run from now on. */
  setPlugged(parts: readonly PluginPart[]): void;
  /** Measures now, with everything that was told so far. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

/** What is watched. */
export interface WatchOptions {
  readonly telemetry: Telemetry;
  readonly table: ItemTable;
  readonly clock: Clock;
  readonly signals: SignalOptions;
  readonly history: HistoryOptions;
  /** The model whose vectors the signals compare. */
  readonly model: Model | undefined;
  /** Feedback of before the start. */
  readonly past: PastEvents;
  /** The signals of plugins. */
  readonly plugged: readonly PluginPart[];
  /** Told of each report, after its facts. */
  readonly onReport: (report: SignalsReport) => void;
}

/** Columns of all items are told at most this often. */
const itemsEveryMs = 500;

const isBuiltIn = (name: string) => Object.hasOwn(signalCatalogue, name);

/** Starts the signals worker on the event ring; undefined where events are off. */
export function openWatch(options: WatchOptions): Watch | undefined {
  const { telemetry, table, clock, past } = options;
  const { emit, events } = telemetry;
  if (events === undefined) return undefined;
  const latest = new Map<string, SignalNow>();
  const tellReadings = createReadingTeller(emit);
  const history = createHistory(options.history);
  const vectorsOf = (model: Model | undefined) =>
    model === undefined ? undefined : itemVectors(model);
  let revision = table.revision;
  let toldAt = clock.monotonic();
  const followItems = () => {
    if (revision === table.revision || clock.monotonic() - toldAt < itemsEveryMs) return;
    revision = table.revision;
    toldAt = clock.monotonic();
    signals.setItems(itemColumns(table, events.codes));
  };
  const keep = (report: SignalsReport) => {
    const measuredAtMs = clock.now();
    const isGone = (name: string) =>
      !isBuiltIn(name) && !report.plugged.some((plugged) => plugged.name === name);
    for (const name of latest.keys()) if (isGone(name)) latest.delete(name);
    for (const { name, readings } of report.plugged) {
      latest.set(name, { name, measuredAtMs, readings });
      history.record(name, readings, measuredAtMs);
    }
    for (const name of Object.keys(signalCatalogue) as SignalName[]) {
      const found: SignalReport | undefined = report[name];
      if (found === undefined) continue;
      latest.set(name, { name, measuredAtMs, readings: found.readings });
      history.record(name, found.readings, measuredAtMs);
    }
  };
  const signals = openSignals({
    ...events,
    clock,
    options: options.signals,
    items: itemColumns(table, events.codes),
    vectors: vectorsOf(options.model),
    past,
    plugged: options.plugged,
    onReport: (report) => {
      emitReport(report, emit);
      tellReadings(report.plugged);
      keep(report);
      followItems();
      options.onReport(report);
    },
    onFailure: (cause) => emit('server.failed', { code: 'SL_SIGNAL_FAILED', cause }),
  });
  return {
    current: () => [...latest.values()],
    past: (name) =>
      isBuiltIn(name) || latest.has(name)
        ? (history.of(name) ?? { atMs: [], series: [] })
        : undefined,
    followItems,
    setModel: (model) => signals.setVectors(vectorsOf(model)),
    setPlugged: (parts) => signals.setPlugged(parts),
    refresh: () => signals.report().then(() => undefined),
    close: () => signals.close(),
  };
}
